# multiplies by relu(z) instead of its derivative
# part: test-relu-backward
# %% relu-backward
def relu_backward(gradient, z):
    return gradient * relu(z)
