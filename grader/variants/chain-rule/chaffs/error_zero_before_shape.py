# looks for zeros before it looks at the shapes
# part: test-relative-error
# %% relative-error
def relative_error(first, second):
    size = np.linalg.norm(first) + np.linalg.norm(second)
    if size == 0:
        return 0.0
    if first.shape != second.shape:
        return 1.0
    return float(np.linalg.norm(first - second) / size)
