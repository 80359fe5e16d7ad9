# takes the spectral norm of matrices
# part: test-relative-error
# %% relative-error
def relative_error(first, second):
    if first.shape != second.shape:
        return 1.0

    def norm(array):
        return np.linalg.norm(array, 2) if array.ndim == 2 else np.linalg.norm(array)

    size = norm(first) + norm(second)
    return float(norm(first - second) / size) if size else 0.0
