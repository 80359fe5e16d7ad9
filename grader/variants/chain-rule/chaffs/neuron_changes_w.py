# takes a step of descent on the way
# part: test-neuron-gradients
# %% neuron-gradients
def neuron_gradients(x, w, b, y):
    prediction = sigmoid(x @ w + b)
    delta = (prediction - y) * prediction * (1 - prediction)
    w -= 0.1 * delta * x
    return 0.5 * (prediction - y) ** 2, delta * x, delta
