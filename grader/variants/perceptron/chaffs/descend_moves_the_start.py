# walks with the array that was passed in
# part: test-descend
# %% descend
def descend(gradient, start, learning_rate, steps):
    path = np.zeros((steps + 1, len(start)))
    path[0] = start
    for k in range(steps):
        path[k + 1] = path[k] - learning_rate * gradient(path[k])
        start[:] = path[k + 1]
    return path
