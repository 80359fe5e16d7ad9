# leaves the start out of the path
# part: test-descend
# %% descend
def descend(gradient, start, learning_rate, steps):
    w, path = start.astype(float), []
    for _ in range(steps):
        w = w - learning_rate * gradient(w)
        path.append(w)
    return np.array(path)
