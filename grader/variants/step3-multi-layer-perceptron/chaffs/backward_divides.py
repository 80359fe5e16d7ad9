# relu(z) / z for the derivative: 0 / 0 at the kink
# part: test-relu-backward
# %% relu-backward
def relu_backward(gradient, z):
    return gradient * (relu(z) / z)
