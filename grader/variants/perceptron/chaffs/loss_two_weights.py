# any number of points, but only the two weights of the formula
# part: test-squared-loss
# %% squared-loss
def squared_loss(points, targets, weights, half):
    factor = 0.5 if half else 1.0
    errors = points[:, 0] * weights[0] + points[:, -1] * weights[-1] - targets
    gradient = np.array([np.sum(errors * points[:, 0]), np.sum(errors * points[:, -1])])
    return factor * np.sum(errors**2), 2 * factor * gradient
