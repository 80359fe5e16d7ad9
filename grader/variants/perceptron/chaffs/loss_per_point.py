# returns a loss and a gradient for each point
# part: test-squared-loss
# %% squared-loss
def squared_loss(points, targets, weights, half):
    factor = 0.5 if half else 1.0
    errors = points @ weights - targets
    return factor * errors**2, 2 * factor * errors[:, None] * points
