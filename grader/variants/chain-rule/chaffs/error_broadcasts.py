# lets NumPy broadcast arrays of different shapes
# part: test-relative-error
# %% relative-error
def relative_error(first, second):
    size = np.linalg.norm(first) + np.linalg.norm(second)
    if size == 0:
        return 0.0
    return float(np.linalg.norm(first - second) / size)
