# the same bound with and without ½
# part: test-largest-learning-rate
# %% largest-learning-rate
def largest_learning_rate(points, half):
    return 2 / np.linalg.eigvalsh(points.T @ points)[-1]
