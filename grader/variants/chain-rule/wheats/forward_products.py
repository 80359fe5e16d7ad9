# the chain from its links: all products of links at once, and recursion
# %% exponential-derivatives
def exponential_derivatives(x):
    def chain(links):
        return links[0] if len(links) == 1 else links[0] * chain(links[1:])

    square = x * x
    return chain([np.exp(square), 2 * x]), chain([np.exp(np.exp(square)), np.exp(square), 2 * x])

# %% chain-gradients
def chain_gradients(weights, biases, x, y):
    def backward(layer, a):
        if layer == len(weights):
            return a - y, [], []
        out = sigmoid(weights[layer] * a + biases[layer])
        gradient, later_w, later_b = backward(layer + 1, out)
        delta = gradient * out * (1 - out)
        return delta * weights[layer], [delta * a, *later_w], [delta, *later_b]

    _, w, b = backward(0, x)
    return np.array(w, dtype=np.float64), np.array(b, dtype=np.float64)

# %% numerical-gradient
def numerical_gradient(function, x, step=1e-5):
    x = np.array(x, dtype=np.float64)
    directions = np.eye(x.size).reshape((x.size,) + x.shape)
    slopes = [(function(x + step * d) - function(x - step * d)) / (step + step) for d in directions]
    return np.array(slopes).reshape(x.shape)

# %% relative-error
def relative_error(first, second):
    if np.shape(first) != np.shape(second):
        return 1.0
    length = lambda array: np.sqrt(np.sum(np.square(array)))
    if not first.any() and not second.any():
        return 0.0
    return length(first - second) / (length(first) + length(second))
