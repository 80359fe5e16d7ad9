# the derivative alone, without the gradient that arrives
# part: test-relu-backward
# %% relu-backward
def relu_backward(gradient, z):
    return (z > 0).astype(gradient.dtype)
