# z (1 - z) for σ(z) (1 - σ(z))
# part: test-neuron-gradients
# %% neuron-gradients
def neuron_gradients(x, w, b, y):
    prediction = sigmoid(x @ w + b)
    delta = (prediction - y) * (x @ w + b) * (1 - (x @ w + b))
    return 0.5 * (prediction - y) ** 2, delta * x, delta
