# sums δ over the units
# part: test-linear-backward
# %% linear-backward
def linear_backward(gradient, inputs, weights):
    return gradient @ weights.T, inputs.T @ gradient, gradient.sum(axis=1)
