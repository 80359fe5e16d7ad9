# the sum of the errors, not weighted by W2
# part: test-hidden-gradients
# %% hidden-gradients
def hidden_gradients(delta2, z1, images, W2):
    delta1 = delta2.sum(axis=1, keepdims=True) * (z1 > 0)
    return images.T @ delta1, delta1.sum(axis=0)
