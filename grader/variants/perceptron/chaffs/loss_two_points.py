# written for two points with two weights, as on the slide
# part: test-squared-loss
# %% squared-loss
def squared_loss(points, targets, weights, half):
    factor = 0.5 if half else 1.0
    first = points[0, 0] * weights[0] + points[0, 1] * weights[1] - targets[0]
    second = points[1, 0] * weights[0] + points[1, 1] * weights[1] - targets[1]
    return factor * (first**2 + second**2), 2 * factor * (first * points[0] + second * points[1])
