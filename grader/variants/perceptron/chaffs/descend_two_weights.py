# makes room for two weights only
# part: test-descend
# %% descend
def descend(gradient, start, learning_rate, steps):
    path = np.zeros((steps + 1, 2))
    path[0] = start
    for k in range(steps):
        path[k + 1] = path[k] - learning_rate * gradient(path[k])
    return path
