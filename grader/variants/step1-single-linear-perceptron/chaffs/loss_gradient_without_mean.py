# a mean in the loss, no 1/R in its gradient
# part: test-euclidean-loss
# %% euclidean-loss
def euclidean_loss(predictions, targets):
    return 0.5 * np.sum((predictions - targets) ** 2) / len(predictions)


def euclidean_loss_backward(predictions, targets):
    return predictions - targets
