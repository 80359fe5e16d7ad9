# NAND has the weights of AND, and part 3 calls gate_weights
# part: test-gate-weights
# %% gate-weights
def gate_weights(name):
    gates = {"AND": ([1, 1], -1.5), "OR": ([1, 1], -0.5), "NAND": ([1, 1], -1.5), "NOT": ([-1], 0.5)}
    return np.array(gates[name][0], dtype=float), gates[name][1]

# %% xor
def xor(inputs, unit):
    first = unit(inputs, *gate_weights("OR"))
    second = unit(inputs, *gate_weights("NAND"))
    return unit(np.column_stack([first, second]), *gate_weights("AND"))
