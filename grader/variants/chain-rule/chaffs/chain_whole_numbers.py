# makes the gradients of the weights' dtype
# part: test-chain-gradients
# %% chain-gradients
def chain_gradients(weights, biases, x, y):
    a = [x]
    for weight, bias in zip(weights, biases):
        a.append(sigmoid(weight * a[-1] + bias))
    weight_gradients, bias_gradients = np.zeros_like(weights), np.zeros_like(biases)
    gradient = a[-1] - y
    for layer in reversed(range(len(weights))):
        delta = gradient * a[layer + 1] * (1 - a[layer + 1])
        weight_gradients[layer] = delta * a[layer]
        bias_gradients[layer] = delta
        gradient = delta * weights[layer]
    return weight_gradients, bias_gradients
