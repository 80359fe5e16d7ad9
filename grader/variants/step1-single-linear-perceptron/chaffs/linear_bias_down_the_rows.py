# adds the biases along the samples instead of the units
# part: test-linear
# %% linear
def linear(inputs, weights, biases):
    return inputs @ weights + biases[:, None]
