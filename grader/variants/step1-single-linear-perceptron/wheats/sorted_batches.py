# row numbers in order within each batch, which changes no gradient; Algorithm 2 with a shuffled list of row numbers
# %% minibatches
def minibatches(samples, batch_size, random):
    mixed = random.permutation(samples)
    return [np.sort(mixed[start : start + batch_size]) for start in range(0, samples, batch_size)]

# %% algorithm-2
def algorithm_2(inputs, targets, learning_rate=0.1, decay=0.95, batch_size=32, iterations=1000, seed=0):
    random = np.random.default_rng(seed)
    shape, losses, rows = (inputs.shape[1], targets.shape[1]), [], list(range(len(inputs)))
    W, b = random.standard_normal(shape), np.zeros(shape[1])
    for iteration in range(1, iterations + 1):
        learning_rate = learning_rate if iteration % 100 else decay * learning_rate
        random.shuffle(rows)
        x, y = inputs[rows[:batch_size]], targets[rows[:batch_size]]
        error = x @ W + b - y
        losses.append(np.sum(error**2) / 2 / batch_size)
        W, b = W - learning_rate * x.T @ error / batch_size, b - learning_rate * error.mean(axis=0)
    return W, b, np.array(losses)
