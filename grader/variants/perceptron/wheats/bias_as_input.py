# the bias as the weight of one more input that is always 1
# %% predict
def predict(inputs, weights, bias):
    extended = np.hstack([inputs, np.ones((len(inputs), 1))])
    return np.where(extended @ np.append(weights, bias) >= 0, 1, 0)

# %% perceptron-update
def perceptron_update(x, y, weights, bias):
    extended, all_weights = np.append(x.astype(float), 1.0), np.append(weights, bias)
    all_weights += (y - (extended @ all_weights >= 0)) * extended
    return all_weights[:-1], all_weights[-1]

# %% train-perceptron
def train_perceptron(inputs, labels, sweeps):
    extended = np.column_stack([inputs, np.ones(len(inputs))]).astype(float)
    w, mistakes = np.zeros(extended.shape[1]), []
    for _ in range(sweeps):
        count = 0
        for x, y in zip(extended, labels):
            prediction = np.heaviside(x @ w, 1)
            w += (float(y) - prediction) * x
            count += prediction != y
        mistakes.append(count)
        if count == 0:
            break
    return w[:-1], w[-1], mistakes
