# rounds the inputs in place first
# part: test-xor
# %% xor
def xor(inputs, unit):
    np.round(inputs, out=inputs)
    either = unit(inputs, np.array([1.0, 1.0]), -0.5)
    both = unit(inputs, np.array([1.0, 1.0]), -1.5)
    return unit(np.stack([either, both], axis=1), np.array([1.0, -1.0]), -0.5)
