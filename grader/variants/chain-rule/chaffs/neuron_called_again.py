# stops at ŷ - y, and part 3 calls this neuron for its last layer
# part: test-neuron-gradients
# %% neuron-gradients
def neuron_gradients(x, w, b, y):
    prediction = sigmoid(x @ w + b)
    return 0.5 * (prediction - y) ** 2, (prediction - y) * x, prediction - y

# %% chain-gradients
def chain_gradients(weights, biases, x, y):
    K = len(weights)
    a = [x]
    for k in range(K):
        a.append(sigmoid(weights[k] * a[k] + biases[k]))
    weight_gradients, bias_gradients = np.zeros(K), np.zeros(K)
    _, last, delta = neuron_gradients(np.array([a[K - 1]]), np.array([weights[K - 1]]), biases[K - 1], y)
    weight_gradients[K - 1], bias_gradients[K - 1] = last[0], delta
    for k in range(K - 2, -1, -1):
        delta = delta * weights[k + 1] * a[k + 1] * (1 - a[k + 1])
        weight_gradients[k], bias_gradients[k] = delta * a[k], delta
    return weight_gradients, bias_gradients
