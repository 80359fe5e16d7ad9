# y - ŷ for ŷ - y
# part: test-neuron-gradients
# %% neuron-gradients
def neuron_gradients(x, w, b, y):
    prediction = sigmoid(x @ w + b)
    delta = (y - prediction) * prediction * (1 - prediction)
    return 0.5 * (prediction - y) ** 2, delta * x, delta
