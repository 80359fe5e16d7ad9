# XOR out of more units than needed, three layers deep, with answers passed on as float32 and as a single column
# %% xor
def xor(inputs, unit):
    one, other = (unit(inputs, np.array(weights), -0.5) for weights in ([1.0, -1.0], [-1.0, 1.0]))
    either = unit(np.stack([one, other]).T.astype(np.float32), np.ones(2, dtype=np.float32), -0.5)
    neither = unit(either[:, None], np.array([-1]), 0.5)
    return unit(neither.reshape(-1, 1).astype(float), np.array([-1.0]), 0.5)
