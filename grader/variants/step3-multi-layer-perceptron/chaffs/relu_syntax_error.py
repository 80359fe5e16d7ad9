# a bracket is not closed; relu_backward is written on relu
# part: test-relu
# %% relu
def relu(z):
    return np.maximum(z, 0
# %% relu-backward
def relu_backward(gradient, z):
    return gradient * (relu(z) > 0)
