# no package: backpropagation, momentum and shifts by hand, in float64
# %% train
def pool(images):
    return images.reshape(-1, 14, 2, 14, 2).sum(axis=4).sum(axis=2).reshape(len(images), 196) / 4


def train(images, labels, seed):
    random = np.random.default_rng(seed)
    hidden, R = 150, 50
    W1, b1 = random.normal(0, np.sqrt(2 / 196), (196, hidden)), np.zeros(hidden)
    W2, b2 = random.normal(0, np.sqrt(2 / hidden), (hidden, 10)), np.zeros(10)
    parameters = [W1, b1, W2, b2]
    speed = [np.zeros_like(parameter) for parameter in parameters]
    targets = np.eye(10)[labels]
    steps = 350 + len(images) * 2 // 5
    for step in range(steps):
        batch = random.integers(0, len(images), R)
        x = images[batch].reshape(R, 28, 28)
        x = np.roll(x, tuple(random.integers(-2, 3, 2)), axis=(1, 2))
        x = pool(x)
        z1 = x @ W1 + b1
        a1 = np.maximum(z1, 0)
        z2 = a1 @ W2 + b2
        p = np.exp(z2 - z2.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        delta2 = (p - targets[batch]) / R
        delta1 = delta2 @ W2.T * (z1 > 0)
        gradients = [x.T @ delta1, delta1.sum(axis=0), a1.T @ delta2, delta2.sum(axis=0)]
        rate = 0.12 * min(1, 1.4 * (1 - step / steps))
        for parameter, v, gradient in zip(parameters, speed, gradients):
            v *= 0.9
            v -= rate * gradient
            parameter += v
    return parameters
