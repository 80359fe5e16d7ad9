# seed 0, always
# part: test-initialize
# %% initialize
def initialize(inputs, hidden, classes, seed):
    random = np.random.default_rng(0)
    W1, W2 = random.standard_normal((inputs, hidden)), random.standard_normal((hidden, classes))
    return [W1, np.zeros(hidden), W2, np.zeros(classes)]
