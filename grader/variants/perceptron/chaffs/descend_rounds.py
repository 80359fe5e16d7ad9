# a path of the start's dtype, so that whole numbers stay whole
# part: test-descend
# %% descend
def descend(gradient, start, learning_rate, steps):
    path = np.zeros((steps + 1, len(start)), dtype=start.dtype)
    path[0] = start
    for k in range(steps):
        path[k + 1] = path[k] - learning_rate * gradient(path[k])
    return path
