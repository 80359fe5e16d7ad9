# uniform numbers in 0..1
# part: test-initialize
# %% initialize
def initialize(inputs, hidden, classes, seed):
    random = np.random.default_rng(seed)
    return [random.random((inputs, hidden)), np.zeros(hidden), random.random((hidden, classes)), np.zeros(classes)]
