# eigvals, whose type may be complex where there are fewer points than weights
# %% largest-learning-rate
def largest_learning_rate(points, half):
    hessian = (1 if half else 2) * points.T @ points
    return 2 / np.linalg.eigvals(hessian).max()
