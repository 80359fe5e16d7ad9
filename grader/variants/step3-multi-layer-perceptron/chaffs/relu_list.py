# returns nested lists
# part: test-relu
# %% relu
def relu(z):
    return np.maximum(z, 0).tolist()
