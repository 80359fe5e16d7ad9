# the gate asks the blame's sign, not that of z1
# part: test-hidden-gradients
# %% hidden-gradients
def hidden_gradients(delta2, z1, images, W2):
    delta1 = relu(delta2 @ W2.T)
    return images.T @ delta1, delta1.sum(axis=0)
