# biases from N(0, 1) as well
# part: test-initialize
# %% initialize
def initialize(inputs, hidden, classes, seed):
    random = np.random.default_rng(seed)
    return [random.standard_normal(shape) for shape in [(inputs, hidden), hidden, (hidden, classes), classes]]
