# the wrong side of 0 passes; relu_backward is written on relu
# part: test-relu
# %% relu
def relu(z):
    return np.minimum(z, 0)
# %% relu-backward
def relu_backward(gradient, z):
    return gradient * (relu(z) > 0)
