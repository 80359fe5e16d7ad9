# leaves the sigmoid's derivative out
# part: test-neuron-gradients
# %% neuron-gradients
def neuron_gradients(x, w, b, y):
    prediction = sigmoid(x @ w + b)
    delta = (prediction - y)
    return 0.5 * (prediction - y) ** 2, delta * x, delta
