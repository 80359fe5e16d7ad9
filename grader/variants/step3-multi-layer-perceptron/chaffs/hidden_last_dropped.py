# loops to R - 1 and drops the last sample
# part: test-hidden-gradients
# %% hidden-gradients
def hidden_gradients(delta2, z1, images, W2):
    W1_gradient, b1_gradient = np.zeros((images.shape[1], z1.shape[1])), np.zeros(z1.shape[1])
    for r in range(len(images) - 1):
        delta1 = (W2 @ delta2[r]) * (z1[r] > 0)
        W1_gradient += np.outer(images[r], delta1)
        b1_gradient += delta1
    return W1_gradient, b1_gradient
