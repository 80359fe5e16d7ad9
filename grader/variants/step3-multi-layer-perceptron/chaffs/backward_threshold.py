# counts tiny positive z as 0
# part: test-relu-backward
# %% relu-backward
def relu_backward(gradient, z):
    return gradient * (z > 1e-8)
