# passes the gradient where z < 0
# part: test-relu-backward
# %% relu-backward
def relu_backward(gradient, z):
    return gradient * (z < 0)
