# the gradient of the slides: the 2 of the square is missing
# part: test-squared-loss
# %% squared-loss
def squared_loss(points, targets, weights, half):
    factor = 0.5 if half else 1.0
    errors = points @ weights - targets
    return factor * np.sum(errors**2), factor * errors @ points
