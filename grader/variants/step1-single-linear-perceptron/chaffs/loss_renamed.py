# calls one of the two functions by another name, and tries it out
# part: test-euclidean-loss
# %% euclidean-loss
def squared_distance(predictions, targets):
    return 0.5 * np.sum((predictions - targets) ** 2) / len(predictions)


def euclidean_loss_backward(predictions, targets):
    return (predictions - targets) / len(predictions)


print(squared_distance(np.ones((1, 2)), np.zeros((1, 2))))
