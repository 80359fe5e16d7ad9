# shuffles the samples before each sweep
# part: test-train-perceptron
# %% train-perceptron
def train_perceptron(inputs, labels, sweeps):
    inputs, labels = inputs.astype(float), labels.astype(int)
    weights, bias, mistakes = np.zeros(inputs.shape[1]), 0.0, []
    for _ in range(sweeps):
        wrong, order = 0, np.random.default_rng(0).permutation(len(inputs))
        for x, y in zip(inputs[order], labels[order]):
            error = y - int(x @ weights + bias >= 0)
            weights = weights + error * x
            bias += error
            wrong += abs(error)
        mistakes.append(int(wrong))
        if not wrong:
            break
    return weights, bias, mistakes
