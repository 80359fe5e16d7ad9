# divides by R once more
# part: test-hidden-gradients
# %% hidden-gradients
def hidden_gradients(delta2, z1, images, W2):
    delta1 = (delta2 @ W2.T) * (z1 > 0) / len(images)
    return images.T @ delta1, delta1.sum(axis=0)
