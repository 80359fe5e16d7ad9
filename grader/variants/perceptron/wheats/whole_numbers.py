# integer arithmetic where the numbers allow it, signed and wide enough
# %% gate-weights
def gate_weights(name):
    table = {"AND": [2, 2, -3], "OR": [2, 2, -1], "NAND": [-2, -2, 3], "NOT": [-2, 1]}
    *weights, bias = table[name]
    return np.array(weights), bias

# %% perceptron-update
def perceptron_update(x, y, weights, bias):
    error = y - (weights @ x + bias >= 0).astype(int)
    return weights + error * x.astype(np.int64), bias + error

# %% train-perceptron
def train_perceptron(inputs, labels, sweeps):
    numbers, wanted = inputs.astype(np.float64), labels.astype(bool)
    weights, bias, mistakes = np.zeros(inputs.shape[1]), 0, []
    for _ in range(sweeps):
        wrong = 0
        for x, should in zip(numbers, wanted):
            does = bool(weights @ x + bias >= 0)
            error = int(should) - int(does)
            if error:
                weights, bias, wrong = weights + error * x, bias + error, wrong + 1
        mistakes += [wrong]
        if not wrong:
            break
    return weights, bias, np.array(mistakes)
