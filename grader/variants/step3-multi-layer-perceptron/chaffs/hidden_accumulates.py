# line 6 forgotten: the gradients of earlier calls are still in it
# part: test-hidden-gradients
# %% hidden-gradients
total = {}


def hidden_gradients(delta2, z1, images, W2):
    delta1 = (delta2 @ W2.T) * (z1 > 0)
    shape = (images.shape[1], z1.shape[1])
    total[shape] = total.get(shape, np.zeros(shape)) + images.T @ delta1
    return total[shape], delta1.sum(axis=0)
