# two gradients only
# part: test-linear-backward
# %% linear-backward
def linear_backward(gradient, inputs, weights):
    return gradient @ weights.T, inputs.T @ gradient
