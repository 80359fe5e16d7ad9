# the bias is forgotten
# part: test-linear
# %% linear
def linear(inputs, weights, biases):
    return inputs @ weights
