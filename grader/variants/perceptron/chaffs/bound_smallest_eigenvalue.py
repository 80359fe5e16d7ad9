# takes the smallest eigenvalue
# part: test-largest-learning-rate
# %% largest-learning-rate
def largest_learning_rate(points, half):
    hessian = (1 if half else 2) * points.T @ points
    return 2 / np.linalg.eigvalsh(hessian)[0]
