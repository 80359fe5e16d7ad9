# plain loops throughout, NumPy only to make the results
# %% predict
def predict(inputs, weights, bias):
    answers = []
    for row in inputs:
        z = bias
        for x, w in zip(row, weights):
            z += float(x) * w
        answers.append(1 if z >= 0 else 0)
    return np.array(answers)

# %% gate-weights
def gate_weights(name):
    if name == "NOT":
        return np.array([-2.0]), 1.0
    if name == "AND":
        return np.array([2.0, 2.0]), -3.0
    if name == "OR":
        return np.array([10.0, 10.0]), -5.0
    return np.array([-2.0, -2.0]), 3.0

# %% xor
def xor(inputs, unit):
    answers = []
    for row in inputs:
        row = row.reshape(1, 2)
        a = unit(row, np.array([1.0, -1.0]), -0.5)[0]
        b = unit(row, np.array([-1.0, 1.0]), -0.5)[0]
        answers.append(unit(np.array([[a, b]]), np.array([1.0, 1.0]), -0.5)[0])
    return np.array(answers)

# %% perceptron-update
def perceptron_update(x, y, weights, bias):
    z = bias
    for i in range(len(x)):
        z += float(x[i]) * weights[i]
    if z >= 0 and y == 0:
        return np.array([w - float(a) for w, a in zip(weights, x)]), bias - 1
    if z < 0 and y == 1:
        return np.array([w + float(a) for w, a in zip(weights, x)]), bias + 1
    return weights.copy(), bias

# %% train-perceptron
def train_perceptron(inputs, labels, sweeps):
    inputs = inputs.astype(np.float64)
    weights = np.zeros(inputs.shape[1])
    bias = 0
    mistakes = []
    sweep = 0
    while sweep < sweeps:
        count = 0
        for i in range(len(inputs)):
            answer = 1 if np.sum(inputs[i] * weights) + bias >= 0 else 0
            if answer == 1 and labels[i] == 0:
                weights = weights - inputs[i]
                bias = bias - 1
                count += 1
            elif answer == 0 and labels[i] == 1:
                weights = weights + inputs[i]
                bias = bias + 1
                count += 1
        mistakes.append(count)
        sweep += 1
        if count == 0:
            break
    return weights, bias, mistakes

# %% squared-loss
def squared_loss(points, targets, weights, half):
    loss, gradient = 0.0, np.zeros(len(weights))
    for i in range(len(points)):
        error = 0.0
        for j in range(len(weights)):
            error += points[i, j] * weights[j]
        error -= targets[i]
        loss += error**2
        for j in range(len(weights)):
            gradient[j] += 2 * error * points[i, j]
    if half:
        return loss / 2, gradient / 2
    return loss, gradient

# %% descend
def descend(gradient, start, learning_rate, steps):
    w = [float(value) for value in start]
    path = [list(w)]
    for _ in range(steps):
        g = gradient(np.array(w))
        for j in range(len(w)):
            w[j] = w[j] - learning_rate * g[j]
        path.append(list(w))
    return np.array(path)

# %% largest-learning-rate
def largest_learning_rate(points, half):
    n = points.shape[1]
    hessian = np.zeros((n, n))
    for x in points:
        for i in range(n):
            for j in range(n):
                hessian[i, j] += x[i] * x[j]
    if not half:
        hessian *= 2
    return 2 / max(np.linalg.eigvalsh(hessian))
