# uniform numbers of mean 0 and standard deviation 1
# part: test-initialize
# %% initialize
def initialize(inputs, hidden, classes, seed):
    random = np.random.default_rng(seed)
    edge = np.sqrt(3)
    W1, W2 = random.uniform(-edge, edge, (inputs, hidden)), random.uniform(-edge, edge, (hidden, classes))
    return [W1, np.zeros(hidden), W2, np.zeros(classes)]
