# standard deviation 0.01
# part: test-initialize
# %% initialize
def initialize(inputs, hidden, classes, seed):
    random = np.random.default_rng(seed)
    W1, W2 = 0.01 * random.standard_normal((inputs, hidden)), 0.01 * random.standard_normal((hidden, classes))
    return [W1, np.zeros(hidden), W2, np.zeros(classes)]
