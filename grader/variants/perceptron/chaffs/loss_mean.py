# means instead of sums
# part: test-squared-loss
# %% squared-loss
def squared_loss(points, targets, weights, half):
    factor = 0.5 if half else 1.0
    errors = points @ weights - targets
    return factor * np.mean(errors**2), 2 * factor * errors @ points / len(points)
