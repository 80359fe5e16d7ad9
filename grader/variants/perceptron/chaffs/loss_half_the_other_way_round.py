# takes `half` the other way round
# part: test-squared-loss
# %% squared-loss
def squared_loss(points, targets, weights, half):
    factor = 1.0 if half else 0.5
    errors = points @ weights - targets
    return factor * np.sum(errors**2), 2 * factor * errors @ points
