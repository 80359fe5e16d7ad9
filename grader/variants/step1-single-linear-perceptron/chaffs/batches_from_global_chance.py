# draws the weights from the generator, the batches from the global one, which has no seed
# part: test-algorithm-2
# %% algorithm-2
def algorithm_2(inputs, targets, learning_rate=0.1, decay=0.95, batch_size=32, iterations=1000, seed=0):
    random = np.random.default_rng(seed)
    weights = random.standard_normal((inputs.shape[1], targets.shape[1]))
    biases = np.zeros(targets.shape[1])
    losses = np.empty(iterations)
    for iteration in range(1, iterations + 1):
        if iteration % 100 == 0:
            learning_rate *= decay
        batch = np.random.choice(len(inputs), batch_size, replace=False)
        predictions = linear(inputs[batch], weights, biases)
        losses[iteration - 1] = euclidean_loss(predictions, targets[batch])
        delta = euclidean_loss_backward(predictions, targets[batch])
        _, weight_gradient, bias_gradient = linear_backward(delta, inputs[batch], weights)
        weights -= learning_rate * weight_gradient
        biases -= learning_rate * bias_gradient
    return weights, biases, losses
