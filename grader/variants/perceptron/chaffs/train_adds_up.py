# returns the sum of all mistakes instead of a list
# part: test-train-perceptron
# %% train-perceptron
def train_perceptron(inputs, labels, sweeps):
    inputs, labels = inputs.astype(float), labels.astype(int)
    weights, bias, mistakes = np.zeros(inputs.shape[1]), 0.0, []
    for _ in range(sweeps):
        wrong = 0
        for x, y in zip(inputs, labels):
            error = y - int(x @ weights + bias >= 0)
            weights = weights + error * x
            bias += error
            wrong += abs(error)
        mistakes.append(int(wrong))
        if not wrong:
            break
    return weights, float(bias), sum(mistakes)
