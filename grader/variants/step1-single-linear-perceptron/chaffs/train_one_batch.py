# only ever the first batch
# part: test-train-perceptron
# %% train-perceptron
def train_perceptron(inputs, targets, seed=0):
    random = np.random.default_rng(seed)
    weights = 0.05 * random.standard_normal((inputs.shape[1], targets.shape[1]), dtype=np.float32)
    biases = np.zeros(targets.shape[1], dtype=np.float32)
    for learning_rate in np.linspace(0.1, 0.02, 15, dtype=np.float32):
        for batch in [np.arange(32)] * 125:
            delta = euclidean_loss_backward(linear(inputs[batch], weights, biases), targets[batch])
            _, weight_gradient, bias_gradient = linear_backward(delta, inputs[batch], weights)
            weights -= learning_rate * weight_gradient
            biases -= learning_rate * bias_gradient
    return weights, biases
