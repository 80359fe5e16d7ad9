# Algorithm 2 with its inner loop over samples, gradients added up and divided by R at the end
# %% algorithm-2
def algorithm_2(inputs, targets, learning_rate=0.1, decay=0.95, batch_size=32, iterations=1000, seed=0):
    rng = np.random.default_rng(seed)
    W = rng.normal(0, 1, size=(inputs.shape[1], targets.shape[1]))
    b = np.zeros(targets.shape[1])
    losses = []
    gamma = learning_rate
    for it in range(1, iterations + 1):
        if not it % 100:
            gamma = decay * gamma
        dW, db, loss = 0, 0, 0
        for i in rng.integers(0, len(inputs), size=batch_size):
            x, y = inputs[i], targets[i]
            error = x @ W + b - y
            loss += 0.5 * np.sum(error**2)
            dW = dW + np.outer(x, error)
            db = db + error
        losses.append(loss / batch_size)
        W = W - gamma / batch_size * dW
        b = b - gamma / batch_size * db
    return W, b, np.array(losses)
