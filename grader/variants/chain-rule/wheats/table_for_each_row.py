# the loop over rows that part 7 allows, with the table of part 6; scalars into the neuron of part 2 for the chain's end
# %% softmax-backward
def softmax_backward(gradient, logits):
    rows = []
    for r in range(len(logits)):
        rows.append(gradient[r] @ softmax_jacobian(logits[r]))
    return np.array(rows)

# %% neuron-gradients
def neuron_gradients(x, w, b, y):
    a = sigmoid(np.dot(x, w) + b)
    delta = (a - y) * a * (1 - a)
    return (a - y) ** 2 / 2, delta * x, delta

# %% chain-gradients
def chain_gradients(weights, biases, x, y):
    a = [float(x)]
    for w, b in zip(weights, biases):
        a.append(sigmoid(w * a[-1] + b))
    w_gradients, b_gradients = [0.0] * len(weights), [0.0] * len(weights)
    _, w_gradients[-1], b_gradients[-1] = neuron_gradients(a[-2], weights[-1], biases[-1], y)
    for k in reversed(range(len(weights) - 1)):
        b_gradients[k] = b_gradients[k + 1] * weights[k + 1] * a[k + 1] * (1 - a[k + 1])
        w_gradients[k] = b_gradients[k] * a[k]
    return np.array(w_gradients), np.array(b_gradients)
