# divides 0 by 0
# part: test-relative-error
# %% relative-error
def relative_error(first, second):
    if first.shape != second.shape:
        return 1.0
    size = np.linalg.norm(first) + np.linalg.norm(second)
    return float(np.linalg.norm(first - second) / size)
