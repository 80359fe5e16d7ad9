# a unit a row
# part: test-initialize
# %% initialize
def initialize(inputs, hidden, classes, seed):
    random = np.random.default_rng(seed)
    W1, W2 = random.standard_normal((hidden, inputs)), random.standard_normal((classes, hidden))
    return [W1, np.zeros(hidden), W2, np.zeros(classes)]
