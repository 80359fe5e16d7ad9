# keeps the last sample's gradient instead of the sum
# part: test-hidden-gradients
# %% hidden-gradients
def hidden_gradients(delta2, z1, images, W2):
    for x, z, delta in zip(images, z1, delta2):
        delta1 = (W2 @ delta) * (z > 0)
        W1_gradient, b1_gradient = np.outer(x, delta1), delta1
    return W1_gradient, b1_gradient
