# works in place, on copies of its own, and restores what it moves
# %% exponential-derivatives
def exponential_derivatives(x):
    first = np.square(x)
    np.exp(first, out=first)
    second = np.exp(first)
    first *= x
    first += first
    second *= first
    return first, second

# %% numerical-gradient
def numerical_gradient(function, x, step=1e-5):
    if x.dtype != np.float64:
        x = x.astype(np.float64)
    gradient = np.empty_like(x)
    flat, result = x.reshape(-1), gradient.reshape(-1)
    for k in range(flat.size):
        kept = flat[k]
        flat[k] = kept + step
        result[k] = function(x)
        flat[k] = kept - step
        result[k] -= function(x)
        flat[k] = kept
    gradient /= 2 * step
    return gradient

# %% softmax-jacobian
def softmax_jacobian(logits):
    p = softmax(logits)
    table = -np.outer(p, p)
    table[np.diag_indices(len(p))] += p
    return table

# %% softmax-backward
def softmax_backward(gradient, logits):
    result = gradient.copy()
    p = softmax(logits)
    result -= np.sum(gradient * p, axis=-1)[:, np.newaxis]
    result *= p
    return result

# %% network-gradients
def network_gradients(network):
    found = {name: np.zeros_like(array) for name, array in network.items() if name != "y"}
    hidden = network["x"] @ network["W1"]
    hidden += network["b1"]
    hidden = sigmoid(hidden)
    logits = hidden @ network["W2"]
    logits += network["b2"]
    delta = softmax(logits)
    delta -= network["y"]
    delta = softmax_backward(2 * delta, logits)
    found["b2"] += delta.reshape(-1)
    found["W2"] += hidden.T * delta
    delta = delta @ network["W2"].T
    delta *= hidden
    delta *= 1 - hidden
    found["b1"] += delta.reshape(-1)
    found["W1"] += network["x"].T * delta
    found["x"] += delta @ network["W1"].T
    return found
