# computes in float32 whatever comes in
# %% linear
def linear(inputs, weights, biases):
    return inputs.astype(np.float32) @ weights.astype(np.float32) + biases.astype(np.float32)

# %% linear-backward
def linear_backward(gradient, inputs, weights):
    gradient, inputs, weights = (array.astype(np.float32) for array in (gradient, inputs, weights))
    return [gradient.dot(weights.T), inputs.T.dot(gradient), np.sum(gradient, 0)]

# %% algorithm-2
def algorithm_2(inputs, targets, learning_rate=0.1, decay=0.95, batch_size=32, iterations=1000, seed=0):
    random = np.random.default_rng(seed)
    weights = random.standard_normal((inputs.shape[1], targets.shape[1])).astype(np.float32)
    biases = np.zeros(targets.shape[1], np.float32)
    losses = np.zeros(iterations, np.float32)
    for k in range(iterations):
        rate = np.float32(learning_rate * decay ** ((k + 1) // 100))
        batch = random.permutation(len(inputs))[:batch_size]
        x, y = inputs[batch].astype(np.float32), targets[batch].astype(np.float32)
        predictions = linear(x, weights, biases)
        losses[k] = euclidean_loss(predictions, y)
        _, dW, db = linear_backward(euclidean_loss_backward(predictions, y), x, weights)
        weights, biases = weights - rate * dW, biases - rate * db
    return weights, biases, losses
