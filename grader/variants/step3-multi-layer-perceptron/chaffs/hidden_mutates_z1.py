# turns z1 into a mask in place
# part: test-hidden-gradients
# %% hidden-gradients
def hidden_gradients(delta2, z1, images, W2):
    z1[z1 > 0] = 1
    z1[z1 <= 0] = 0
    delta1 = (delta2 @ W2.T) * z1
    return images.T @ delta1, delta1.sum(axis=0)
