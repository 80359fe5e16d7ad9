# leaves images and labels as bytes, in which 0 - 1 is 255
# part: test-train-perceptron
# %% train-perceptron
def train_perceptron(inputs, labels, sweeps):
    weights, bias, mistakes = np.zeros(inputs.shape[1]), 0.0, []
    for _ in range(sweeps):
        wrong = 0
        for x, y in zip(inputs, labels):
            error = y - (x @ weights + bias >= 0).astype(labels.dtype)
            weights = weights + error * x
            bias += error
            wrong += abs(error)
        mistakes.append(int(wrong))
        if not wrong:
            break
    return weights, bias, mistakes
