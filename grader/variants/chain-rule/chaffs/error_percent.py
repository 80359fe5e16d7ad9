# gives percent
# part: test-relative-error
# %% relative-error
def relative_error(first, second):
    if first.shape != second.shape:
        return 1.0
    size = np.linalg.norm(first) + np.linalg.norm(second)
    if size == 0:
        return 0.0
    return float(100 * np.linalg.norm(first - second) / size)
