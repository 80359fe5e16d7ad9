# asks whether the activation is >= 0, which it always is
# part: test-relu-backward
# %% relu-backward
def relu_backward(gradient, z):
    return gradient * (relu(z) >= 0)
