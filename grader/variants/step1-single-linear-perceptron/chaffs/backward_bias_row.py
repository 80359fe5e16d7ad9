# keepdims: the biases' gradient has shape (1, m)
# part: test-linear-backward
# %% linear-backward
def linear_backward(gradient, inputs, weights):
    return gradient @ weights.T, inputs.T @ gradient, gradient.sum(axis=0, keepdims=True)
