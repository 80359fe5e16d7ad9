# leaves out the colon after `def`, so that the cell does not run at all
# part: test-linear
# %% linear
def linear(inputs, weights, biases)
    return inputs @ weights + biases
