# the ½ is missing in the loss
# part: test-euclidean-loss
# %% euclidean-loss
def euclidean_loss(predictions, targets):
    return np.sum((predictions - targets) ** 2) / len(predictions)


def euclidean_loss_backward(predictions, targets):
    return (predictions - targets) / len(predictions)
