# differentiates (ŷ - y)² as if there were no ½
# part: test-neuron-gradients
# %% neuron-gradients
def neuron_gradients(x, w, b, y):
    prediction = sigmoid(x @ w + b)
    delta = 2 * (prediction - y) * prediction * (1 - prediction)
    return 0.5 * (prediction - y) ** 2, delta * x, delta
