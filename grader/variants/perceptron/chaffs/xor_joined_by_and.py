# two units, joined by Python's & instead of a third unit
# part: test-xor
# %% xor
def xor(inputs, unit):
    return unit(inputs, np.array([1.0, 1.0]), -0.5) & unit(inputs, np.array([-1.0, -1.0]), 1.5)
