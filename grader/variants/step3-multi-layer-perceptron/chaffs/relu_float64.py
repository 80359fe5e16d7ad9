# turns float32 into float64
# part: test-relu
# %% relu
def relu(z):
    return np.maximum(z, 0).astype(float)
