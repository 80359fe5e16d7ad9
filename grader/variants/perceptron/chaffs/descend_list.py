# returns a list
# part: test-descend
# %% descend
def descend(gradient, start, learning_rate, steps):
    path = [start.astype(float)]
    for _ in range(steps):
        path.append(path[-1] - learning_rate * gradient(path[-1]))
    return path
