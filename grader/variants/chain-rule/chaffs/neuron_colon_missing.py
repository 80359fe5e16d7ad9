# leaves out the colon after `def`, so that the cell does not run at all
# part: test-neuron-gradients
# %% neuron-gradients
def neuron_gradients(x, w, b, y)
    prediction = sigmoid(x @ w + b)
    delta = (prediction - y) * prediction * (1 - prediction)
    return 0.5 * (prediction - y) ** 2, delta * x, delta
