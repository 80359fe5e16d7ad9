# multiplies the bias gradient by the inputs as well
# part: test-neuron-gradients
# %% neuron-gradients
def neuron_gradients(x, w, b, y):
    prediction = sigmoid(x @ w + b)
    delta = (prediction - y) * prediction * (1 - prediction)
    return 0.5 * (prediction - y) ** 2, delta * x, np.sum(delta * x)
