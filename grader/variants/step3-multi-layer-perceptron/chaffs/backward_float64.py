# a mask of float64, which makes float64 of a float32 gradient
# part: test-relu-backward
# %% relu-backward
def relu_backward(gradient, z):
    return gradient * (z > 0).astype(float)
