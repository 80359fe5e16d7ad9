# multiplies δ by the layer's own activation, not by its input
# part: test-chain-gradients
# %% chain-gradients
def chain_gradients(weights, biases, x, y):
    a = [x]
    for weight, bias in zip(weights, biases):
        a.append(sigmoid(weight * a[-1] + bias))
    weight_gradients, bias_gradients = np.zeros(len(weights)), np.zeros(len(weights))
    gradient = a[-1] - y
    for layer in reversed(range(len(weights))):
        delta = gradient * a[layer + 1] * (1 - a[layer + 1])
        weight_gradients[layer] = delta * a[layer + 1]
        bias_gradients[layer] = delta
        gradient = delta * weights[layer]
    return weight_gradients, bias_gradients
