# stays silent at z = 0, and calls that predict in parts 4 (with a single row, too) and 5
# part: test-predict
# %% predict
def predict(inputs, weights, bias):
    return (inputs @ weights + bias > 0).astype(int)

# %% perceptron-update
def perceptron_update(x, y, weights, bias):
    x = x.astype(float)
    error = y - predict(x, weights, bias)
    return weights + error * x, bias + error

# %% train-perceptron
def train_perceptron(inputs, labels, sweeps):
    inputs, labels = inputs.astype(float), labels.astype(int)
    weights, bias, mistakes = np.zeros(inputs.shape[1]), 0.0, []
    for _ in range(sweeps):
        wrong = 0
        for x, y in zip(inputs, labels):
            answer = predict(x[None, :], weights, bias)[0]
            if answer != y:
                wrong += 1
                weights = weights + (y - answer) * x
                bias = bias + (y - answer)
        mistakes.append(wrong)
        if wrong == 0:
            break
    return weights, bias, mistakes
