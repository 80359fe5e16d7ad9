# biases of shape (1, m)
# part: test-initialize
# %% initialize
def initialize(inputs, hidden, classes, seed):
    random = np.random.default_rng(seed)
    W1, W2 = random.standard_normal((inputs, hidden)), random.standard_normal((hidden, classes))
    return [W1, np.zeros((1, hidden)), W2, np.zeros((1, classes))]
