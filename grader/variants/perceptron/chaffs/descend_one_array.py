# stores the same array again and again
# part: test-descend
# %% descend
def descend(gradient, start, learning_rate, steps):
    w = start.astype(float)
    path = [w]
    for _ in range(steps):
        w -= learning_rate * gradient(w)
        path.append(w)
    return np.array(path)
