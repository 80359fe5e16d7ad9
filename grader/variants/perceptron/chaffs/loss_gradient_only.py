# returns the gradient without the loss: one array, which for two weights has two entries
# part: test-squared-loss
# %% squared-loss
def squared_loss(points, targets, weights, half):
    errors = points @ weights - targets
    return (1 if half else 2) * errors @ points
