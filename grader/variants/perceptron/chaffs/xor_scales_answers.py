# turns the answers into -1 and 1 before the last unit gets them
# part: test-xor
# %% xor
def xor(inputs, unit):
    either = unit(inputs, np.array([1.0, 1.0]), -0.5)
    not_both = unit(inputs, np.array([-1.0, -1.0]), 1.5)
    return unit(2 * np.stack([either, not_both], axis=1) - 1, np.array([1.0, 1.0]), -1.5)
