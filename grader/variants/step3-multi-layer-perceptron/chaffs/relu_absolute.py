# absolute value for relu
# part: test-relu
# %% relu
def relu(z):
    return np.abs(z)
