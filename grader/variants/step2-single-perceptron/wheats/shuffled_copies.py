# shuffles copies of inputs and targets alike, losses in an array made beforehand
# %% train-perceptron
def train_perceptron(inputs, targets, learning_rate=0.5, decay=0.95, batch_size=32, epochs=10, seed=0):
    random = np.random.default_rng(seed)
    weights, biases = np.zeros((inputs.shape[1], targets.shape[1])), np.zeros(targets.shape[1])
    schedule = decay_every(learning_rate, decay)
    per_epoch = int(np.ceil(len(inputs) / batch_size))
    losses = np.zeros(per_epoch * epochs)
    for epoch in range(epochs):
        order = np.arange(len(inputs))
        random.shuffle(order)
        X, Y = inputs[order], targets[order]
        for k in range(per_epoch):
            x, y = X[k * batch_size : (k + 1) * batch_size], Y[k * batch_size : (k + 1) * batch_size]
            losses[epoch * per_epoch + k], dW, db = loss_and_gradients(x, y, weights, biases)
            rate = schedule(epoch * per_epoch + k + 1)
            weights -= rate * dW
            biases -= rate * db
    return weights, biases, losses
