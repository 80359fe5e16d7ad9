# one path instead of the sum over all outputs
# part: test-hidden-gradients
# %% hidden-gradients
def hidden_gradients(delta2, z1, images, W2):
    delta1 = (delta2[:, :1] * W2[:, 0]) * (z1 > 0)
    return images.T @ delta1, delta1.sum(axis=0)
