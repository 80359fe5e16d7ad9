# all weights 0
# part: test-initialize
# %% initialize
def initialize(inputs, hidden, classes, seed):
    return [np.zeros((inputs, hidden)), np.zeros(hidden), np.zeros((hidden, classes)), np.zeros(classes)]
