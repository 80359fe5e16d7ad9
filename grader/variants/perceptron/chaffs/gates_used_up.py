# takes each gate out of a global table, so that the second call finds nothing
# part: test-gate-weights
# %% gate-weights
gates = {"AND": ([1, 1], -1.5), "OR": ([1, 1], -0.5), "NAND": ([-1, -1], 1.5), "NOT": ([-1], 0.5)}


def gate_weights(name):
    weights, bias = gates.pop(name)
    return np.array(weights, dtype=float), bias
