# forward and backward without linear and linear_backward; weights updated by assignment
# %% loss-and-gradients
def loss_and_gradients(inputs, targets, weights, biases):
    logits = inputs.dot(weights) + biases
    error = softmax(logits) - targets
    R = inputs.shape[0]
    return cross_entropy(logits, targets), inputs.T.dot(error) / R, error.mean(axis=0)

# %% train-perceptron
def train_perceptron(inputs, targets, learning_rate=0.5, decay=0.95, batch_size=32, epochs=10, seed=0):
    rng = np.random.default_rng(seed)
    W, b = np.zeros((inputs.shape[1], targets.shape[1])), np.zeros(targets.shape[1])
    gamma, iteration, losses = learning_rate, 0, []
    for epoch in range(epochs):
        order = rng.permutation(len(inputs))
        for start in range(0, len(order), batch_size):
            iteration += 1
            if iteration % 100 == 0:
                gamma = gamma * decay
            rows = order[start : start + batch_size]
            loss, dW, db = loss_and_gradients(inputs[rows], targets[rows], W, b)
            losses += [loss]
            W = W - gamma * dW
            b = b - gamma * db
    return W, b, np.array(losses)
