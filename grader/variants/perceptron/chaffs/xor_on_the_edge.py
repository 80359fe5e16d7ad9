# thresholds that leave no room
# part: test-xor
# %% xor
def xor(inputs, unit):
    either = unit(inputs, np.array([1.0, 1.0]), -1.0)
    not_both = unit(inputs, np.array([-1.0, -1.0]), 1.0)
    return unit(np.stack([either, not_both], axis=1), np.array([1.0, 1.0]), -2.0)
