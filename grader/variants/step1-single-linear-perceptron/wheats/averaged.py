# random samples as in Algorithm 2, but from zero and with the last weights averaged
# %% train-perceptron
def train_perceptron(inputs, targets, seed=0):
    random = np.random.default_rng(seed)
    W, b = np.zeros((inputs.shape[1], targets.shape[1])), np.zeros(targets.shape[1])
    sum_W, sum_b, count = 0.0, 0.0, 0
    for iteration in range(1, 2501):
        batch = random.integers(len(inputs), size=32)
        predictions = linear(inputs[batch], W, b)
        _, dW, db = linear_backward(euclidean_loss_backward(predictions, targets[batch]), inputs[batch], W)
        W -= 0.1 * dW
        b -= 0.1 * db
        if iteration > 1500:
            sum_W, sum_b, count = sum_W + W, sum_b + b, count + 1
    return sum_W / count, sum_b / count
