# the unit step instead of the ramp
# part: test-relu
# %% relu
def relu(z):
    return (z > 0).astype(z.dtype)
