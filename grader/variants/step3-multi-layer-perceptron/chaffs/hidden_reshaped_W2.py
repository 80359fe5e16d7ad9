# reshapes W2 where it should be transposed: the shapes fit
# part: test-hidden-gradients
# %% hidden-gradients
def hidden_gradients(delta2, z1, images, W2):
    delta1 = (delta2 @ W2.reshape(W2.shape[1], W2.shape[0])) * (z1 > 0)
    return images.T @ delta1, delta1.sum(axis=0)
