# shared helper functions at top level, other names, other order of the factors
# %% exponential-derivatives
square, d_square = (lambda t: t**2), (lambda t: 2 * t)


def exponential_derivatives(x):
    e = np.exp(square(x))
    return e * d_square(x), d_square(x) * e * np.exp(e)

# %% numerical-gradient
def shifted(x, index, by):
    copy = np.asarray(x, dtype=float).copy()
    copy[index] += by
    return copy


def numerical_gradient(function, x, step=1e-5):
    out = np.zeros(np.shape(x))
    it = np.nditer(out, flags=["multi_index"])
    for _ in it:
        i = it.multi_index
        out[i] = (function(shifted(x, i, step)) - function(shifted(x, i, -step))) / 2 / step
    return out

# %% relative-error
def relative_error(first, second):
    same = first.shape == second.shape
    if not same:
        return 1
    below = np.linalg.norm(first.ravel()) + np.linalg.norm(second.ravel())
    if below == 0:
        return 0
    return np.linalg.norm((second - first).ravel()) / below

# %% path-contributions
def forward_pass(net):
    first = sigmoid(net["b1"] + net["x"].dot(net["W1"]))
    return first, net["b2"] + first.dot(net["W2"])


def path_contributions(network, i, j):
    first, second = forward_pass(network)
    back = softmax_backward(-2 * (network["y"] - softmax(second)), second)
    unit = first.ravel()[j]
    return (network["x"].ravel()[i] * unit * (1 - unit)) * (network["W2"][j, :] * back.ravel())

# %% network-gradients
def network_gradients(network):
    first, second = forward_pass(network)
    at = {"second": softmax_backward(-2 * (network["y"] - softmax(second)), second)}
    at["first"] = (first - first**2) * at["second"].dot(network["W2"].T)
    return {
        "b1": at["first"].sum(axis=0),
        "b2": at["second"].sum(axis=0),
        "W1": np.dot(network["x"].T, at["first"]),
        "W2": np.dot(first.T, at["second"]),
        "x": np.dot(at["first"], network["W1"].T),
    }
