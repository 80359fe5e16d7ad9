# takes the gradient anew for each weight of a step
# part: test-descend
# %% descend
def descend(gradient, start, learning_rate, steps):
    w = start.astype(float)
    path = [w.copy()]
    for _ in range(steps):
        for j in range(len(w)):
            w[j] -= learning_rate * gradient(w)[j]
        path.append(w.copy())
    return np.array(path)
