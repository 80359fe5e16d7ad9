# np.mean over samples and outputs
# part: test-euclidean-loss
# %% euclidean-loss
def euclidean_loss(predictions, targets):
    return 0.5 * np.mean((predictions - targets) ** 2)


def euclidean_loss_backward(predictions, targets):
    return (predictions - targets) / predictions.size
