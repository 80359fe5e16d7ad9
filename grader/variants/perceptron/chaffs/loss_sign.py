# target minus prediction, without the minus of the inner derivative
# part: test-squared-loss
# %% squared-loss
def squared_loss(points, targets, weights, half):
    factor = 0.5 if half else 1.0
    errors = targets - points @ weights
    return factor * np.sum(errors**2), 2 * factor * errors @ points
