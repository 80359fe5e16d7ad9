# the sigmoid's slope from exponentials, which overflows for z far below 0
# part: test-neuron-gradients
# %% neuron-gradients
def neuron_gradients(x, w, b, y):
    z = x @ w + b
    prediction = sigmoid(z)
    delta = (prediction - y) * np.exp(-z) / (1 + np.exp(-z)) ** 2
    return 0.5 * (prediction - y) ** 2, delta * x, delta
