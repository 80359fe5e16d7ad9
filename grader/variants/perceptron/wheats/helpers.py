# helper functions of their own at top level, recursion instead of a loop
# %% predict
def _pre_activation(samples, w, b):
    return np.asarray(samples, dtype=float).dot(w) + b


def predict(inputs, weights, bias):
    return np.greater_equal(_pre_activation(inputs, weights, bias), 0) * 1

# %% xor
GATES = {"or": ([1, 1], -0.5), "nand": ([-1, -1], 1.5), "and": ([1, 1], -1.5)}


def xor(inputs, unit):
    layer = [unit(inputs, np.array(weights, dtype=float), bias) for weights, bias in (GATES["or"], GATES["nand"])]
    return unit(np.array(layer).T, np.array(GATES["and"][0], dtype=float), GATES["and"][1])

# %% descend
def descend(gradient, start, learning_rate, steps):
    here = np.array(start, dtype=float)
    if steps == 0:
        return here[None]
    there = here - learning_rate * gradient(here)
    return np.concatenate([here[None], descend(gradient, there, learning_rate, steps - 1)])
