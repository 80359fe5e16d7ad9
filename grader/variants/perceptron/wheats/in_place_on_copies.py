# works in place, on copies of its own
# %% predict
def predict(inputs, weights, bias):
    z = np.array(inputs @ weights, dtype=float)
    z += bias
    answers = np.zeros(len(z), dtype=int)
    answers[z >= 0] = 1
    return answers

# %% perceptron-update
def perceptron_update(x, y, weights, bias):
    new = weights.copy()
    fires = np.dot(x.astype(np.float64), new) >= -bias
    if fires and not y:
        new -= x
        bias -= 1
    elif y and not fires:
        new += x
        bias += 1
    return new, bias

# %% train-perceptron
def train_perceptron(inputs, labels, sweeps):
    weights, bias, mistakes = np.zeros(inputs.shape[1]), 0.0, []
    signs = np.where(labels == 1, 1.0, -1.0)
    rows = np.array(inputs, dtype=float)
    for _ in range(sweeps):
        mistakes.append(0)
        for x, sign in zip(rows, signs):
            z = rows.shape[1] and x.dot(weights) + bias
            if (z >= 0) != (sign > 0):
                weights += sign * x
                bias += sign
                mistakes[-1] += 1
        if mistakes[-1] == 0:
            return weights, bias, mistakes
    return weights, bias, mistakes

# %% descend
def descend(gradient, start, learning_rate, steps):
    w = start.astype(float)
    path = [w.copy()]
    for _ in range(steps):
        w -= learning_rate * gradient(w)
        path.append(w.copy())
    return np.stack(path)
