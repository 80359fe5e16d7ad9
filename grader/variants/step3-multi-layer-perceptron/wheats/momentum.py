# improve with momentum, written by hand, in batches of 50
# %% improve
def improve(images, labels, seed):
    random = np.random.default_rng(seed)
    hidden = 80
    weights = [
        random.normal(0, np.sqrt(2 / 196), (196, hidden)).astype(np.float32),
        np.zeros(hidden, np.float32),
        random.normal(0, np.sqrt(1 / hidden), (hidden, 10)).astype(np.float32),
        np.zeros(10, np.float32),
    ]
    speed = [np.zeros_like(weight) for weight in weights]
    for epoch in range(14):
        rate = 0.1 * 0.85**epoch
        order = random.permutation(len(images))
        for start in range(0, len(order), 50):
            batch = order[start : start + 50]
            for weight, v, gradient in zip(weights, speed, gradients_of(images[batch], labels[batch], weights)):
                v *= 0.9
                v -= rate * gradient
                weight += v
    return weights
