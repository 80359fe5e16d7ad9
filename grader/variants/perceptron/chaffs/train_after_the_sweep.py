# collects a sweep's changes and makes them together at its end
# part: test-train-perceptron
# %% train-perceptron
def train_perceptron(inputs, labels, sweeps):
    inputs, labels = inputs.astype(float), labels.astype(int)
    weights, bias, mistakes = np.zeros(inputs.shape[1]), 0.0, []
    for _ in range(sweeps):
        wrong, change, bias_change = 0, 0, 0
        for x, y in zip(inputs, labels):
            error = y - int(x @ weights + bias >= 0)
            change = change + error * x
            bias_change += error
            wrong += abs(error)
        weights, bias = weights + change, bias + bias_change
        mistakes.append(int(wrong))
        if not wrong:
            break
    return weights, bias, mistakes
