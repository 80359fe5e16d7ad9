# takes the sigmoid's derivative at ŷ instead of at z
# part: test-neuron-gradients
# %% neuron-gradients
def neuron_gradients(x, w, b, y):
    prediction = sigmoid(x @ w + b)
    delta = (prediction - y) * sigmoid(prediction) * (1 - sigmoid(prediction))
    return 0.5 * (prediction - y) ** 2, delta * x, delta
