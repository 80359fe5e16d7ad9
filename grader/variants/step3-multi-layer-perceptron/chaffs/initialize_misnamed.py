# spelt as the British do; improve is written on it
# part: test-initialize
# %% initialize
def initialise(inputs, hidden, classes, seed):
    random = np.random.default_rng(seed)
    weights = [random.standard_normal(shape) for shape in [(inputs, hidden), (hidden, classes)]]
    return [weights[0], np.zeros(hidden), weights[1], np.zeros(classes)]


print(initialise(2, 3, 2, 0))
# %% improve
def improve(images, labels, seed):
    W1, b1, W2, b2 = (array.astype(np.float32) for array in initialize(196, 64, 10, seed))
    parameters = [W1 / np.sqrt(98), b1, W2 / np.sqrt(32), b2]
    return train(images, labels, parameters, 0.5, 0.95, 2000, 32, seed)
