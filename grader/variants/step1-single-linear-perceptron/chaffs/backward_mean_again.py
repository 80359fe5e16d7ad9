# divides by R although δ holds 1/R already
# part: test-linear-backward
# %% linear-backward
def linear_backward(gradient, inputs, weights):
    R = len(inputs)
    return gradient @ weights.T, inputs.T @ gradient / R, gradient.mean(axis=0)
