# NOR and AND joined by OR: true where the inputs are equal
# part: test-xor
# %% xor
def xor(inputs, unit):
    neither = unit(inputs, np.array([-1.0, -1.0]), 0.5)
    both = unit(inputs, np.array([1.0, 1.0]), -1.5)
    return unit(np.stack([neither, both], axis=1), np.array([1.0, 1.0]), -0.5)
