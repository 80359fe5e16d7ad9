# the bias gradient is not summed over the batch
# part: test-hidden-gradients
# %% hidden-gradients
def hidden_gradients(delta2, z1, images, W2):
    delta1 = (delta2 @ W2.T) * (z1 > 0)
    return images.T @ delta1, delta1
