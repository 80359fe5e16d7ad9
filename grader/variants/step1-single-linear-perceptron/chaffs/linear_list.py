# returns a list of lists
# part: test-linear
# %% linear
def linear(inputs, weights, biases):
    return [[float(x @ w + b) for w, b in zip(weights.T, biases)] for x in inputs]
