# the bias as one more weight with input 1, inside
# %% linear
def linear(inputs, weights, biases):
    extended = np.hstack([inputs, np.ones((len(inputs), 1), inputs.dtype)])
    return extended @ np.vstack([weights, biases])

# %% linear-backward
def linear_backward(gradient, inputs, weights):
    extended = np.hstack([inputs, np.ones((len(inputs), 1), inputs.dtype)])
    both = extended.T @ gradient
    return gradient @ weights.T, both[:-1], both[-1]

# %% train-perceptron
def train_perceptron(inputs, targets, seed=0):
    random = np.random.default_rng(seed)
    ones = np.ones((len(inputs), 1), inputs.dtype)
    X = np.concatenate([inputs, ones], axis=1)
    W = np.zeros((X.shape[1], targets.shape[1]))
    for epoch in range(12):
        for batch in minibatches(len(X), 20, random):
            error = X[batch] @ W - targets[batch]
            W -= 0.08 * 0.75**epoch * X[batch].T @ error / len(batch)
    return W[:-1], W[-1]
