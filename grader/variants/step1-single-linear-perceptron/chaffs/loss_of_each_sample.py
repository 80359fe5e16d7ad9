# a loss for each sample instead of their mean
# part: test-euclidean-loss
# %% euclidean-loss
def euclidean_loss(predictions, targets):
    return 0.5 * np.sum((predictions - targets) ** 2, axis=1)


def euclidean_loss_backward(predictions, targets):
    return (predictions - targets) / len(predictions)
