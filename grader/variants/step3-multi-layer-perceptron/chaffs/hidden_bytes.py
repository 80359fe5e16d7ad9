# adds up in the images' dtype: bytes wrap around
# part: test-hidden-gradients
# %% hidden-gradients
def hidden_gradients(delta2, z1, images, W2):
    delta1 = (delta2 @ W2.T) * (z1 > 0)
    W1_gradient = np.zeros((images.shape[1], z1.shape[1]), images.dtype)
    for x, delta in zip(images, delta1):
        W1_gradient = (W1_gradient + np.outer(x, delta)).astype(images.dtype)
    return W1_gradient, delta1.sum(axis=0)
