# relu overwrites its argument
# part: test-relu
# %% relu
def relu(z):
    z[z < 0] = 0
    return z
