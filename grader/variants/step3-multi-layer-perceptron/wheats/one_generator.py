# helpers of its own, the legacy seeded generator, and He's start with Algorithm 2 for improve
# %% initialize
def normal(shape):
    return np.random.randn(*shape)


def initialize(inputs, hidden, classes, seed):
    np.random.seed(seed)
    return [normal((inputs, hidden)), np.zeros((hidden,)), normal((hidden, classes)), np.zeros((classes,))]
# %% train
import random as dice


def train(images, labels, parameters, learning_rate, decay, iterations, batch_size, seed):
    chance = dice.Random(seed)
    everyone = range(len(images))
    rate = learning_rate
    for k in range(iterations):
        if (k + 1) % 100 == 0:
            rate = rate * decay
        chosen = np.array(chance.sample(everyone, batch_size), dtype=int)
        parameters = step(images[chosen], labels[chosen], parameters, rate)
    return parameters
# %% improve
def improve(images, labels, seed):
    start = initialize(196, 64, 10, seed)
    start = [array.astype(np.float32) for array in start]
    start[0] *= np.float32(np.sqrt(2 / 196))
    start[2] *= np.float32(np.sqrt(2 / 64))
    return train(images, labels, start, 0.5, 0.95, 1500, 32, seed)
