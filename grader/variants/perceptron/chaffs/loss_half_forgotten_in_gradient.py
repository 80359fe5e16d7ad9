# puts the ½ into the loss but not into the gradient
# part: test-squared-loss
# %% squared-loss
def squared_loss(points, targets, weights, half):
    errors = points @ weights - targets
    return (0.5 if half else 1.0) * np.sum(errors**2), 2 * errors @ points
