# the bound from the largest singular value, the loss through norms, XOR by a unit that sees the inputs too
# %% xor
def xor(inputs, unit):
    both = unit(inputs, np.array([1.0, 1.0]), -1.5)
    return unit(np.column_stack([inputs, both]), np.array([1.0, 1.0, -2.0]), -0.5)

# %% squared-loss
def squared_loss(points, targets, weights, half):
    residual = points.dot(weights) - targets
    loss, gradient = np.linalg.norm(residual) ** 2, 2 * points.T.dot(residual)
    return (loss / 2, gradient / 2) if half else (loss, gradient)

# %% largest-learning-rate
def largest_learning_rate(points, half):
    largest = np.linalg.svd(points, compute_uv=False)[0]
    return (2 if half else 1) / largest**2
