# a new generator for each layer: W2 repeats the numbers of W1
# part: test-initialize
# %% initialize
def initialize(inputs, hidden, classes, seed):
    W1 = np.random.default_rng(seed).standard_normal((inputs, hidden))
    W2 = np.random.default_rng(seed).standard_normal((hidden, classes))
    return [W1, np.zeros(hidden), W2, np.zeros(classes)]
