# NOT with two weights
# part: test-gate-weights
# %% gate-weights
def gate_weights(name):
    gates = {"AND": ([1, 1], -1.5), "OR": ([1, 1], -0.5), "NAND": ([-1, -1], 1.5), "NOT": ([-1, 0], 0.5)}
    return np.array(gates[name][0], dtype=float), gates[name][1]
