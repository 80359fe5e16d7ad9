# draws each batch at random as Algorithm 2 does, so that an epoch leaves some samples out
# part: test-train-perceptron
# %% train-perceptron
def train_perceptron(inputs, targets, learning_rate=0.5, decay=0.95, batch_size=32, epochs=10, seed=0):
    weights = np.zeros((inputs.shape[1], targets.shape[1]), inputs.dtype)
    biases = np.zeros(targets.shape[1], inputs.dtype)
    random, schedule, losses = np.random.default_rng(seed), decay_every(learning_rate, decay), []
    for iteration in range(1, epochs * -(-len(inputs) // batch_size) + 1):
        batch = random.choice(len(inputs), min(batch_size, len(inputs)), replace=False)
        loss, weight_gradient, bias_gradient = loss_and_gradients(inputs[batch], targets[batch], weights, biases)
        losses.append(loss)
        weights -= schedule(iteration) * weight_gradient
        biases -= schedule(iteration) * bias_gradient
    return weights, biases, np.array(losses)
