# overwrites the gradient that it is given
# part: test-relu-backward
# %% relu-backward
def relu_backward(gradient, z):
    gradient[z <= 0] = 0
    return gradient
