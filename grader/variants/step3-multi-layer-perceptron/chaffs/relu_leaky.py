# a leaky ReLU
# part: test-relu
# %% relu
def relu(z):
    return np.where(z > 0, z, 0.01 * z)
