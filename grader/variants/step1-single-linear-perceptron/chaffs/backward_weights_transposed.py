# the weights' gradient as δᵀX
# part: test-linear-backward
# %% linear-backward
def linear_backward(gradient, inputs, weights):
    return gradient @ weights.T, gradient.T @ inputs, gradient.sum(axis=0)
