# a sigmoid of its own that overflows for large z
# part: test-neuron-gradients
# %% neuron-gradients
def neuron_gradients(x, w, b, y):
    e = np.exp(x @ w + b)
    prediction = e / (1 + e)
    delta = (prediction - y) * prediction * (1 - prediction)
    return 0.5 * (prediction - y) ** 2, delta * x, delta
