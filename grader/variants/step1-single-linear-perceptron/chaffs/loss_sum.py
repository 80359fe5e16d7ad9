# sum over the batch, in loss and gradient
# part: test-euclidean-loss
# %% euclidean-loss
def euclidean_loss(predictions, targets):
    return 0.5 * np.sum((predictions - targets) ** 2)


def euclidean_loss_backward(predictions, targets):
    return predictions - targets
