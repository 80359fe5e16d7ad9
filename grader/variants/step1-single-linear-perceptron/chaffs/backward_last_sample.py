# overwrites in the loop over samples instead of adding
# part: test-linear-backward
# %% linear-backward
def linear_backward(gradient, inputs, weights):
    for x, delta in zip(inputs, gradient):
        weight_gradient = np.outer(x, delta)
    return gradient @ weights.T, weight_gradient, gradient.sum(axis=0)
