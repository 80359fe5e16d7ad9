# units that only say what each input is; Python compares the two
# part: test-xor
# %% xor
def xor(inputs, unit):
    first = unit(inputs, np.array([1.0, 0.0]), -0.5)
    second = unit(inputs, np.array([0.0, 1.0]), -0.5)
    return first ^ second
