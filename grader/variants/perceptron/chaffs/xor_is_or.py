# one unit, which computes OR
# part: test-xor
# %% xor
def xor(inputs, unit):
    return unit(inputs, np.array([1.0, 1.0]), -0.5)
