# written out for three layers
# part: test-chain-gradients
# %% chain-gradients
def chain_gradients(weights, biases, x, y):
    w1, w2, w3 = weights[:3] if len(weights) > 2 else [*weights, 0.0, 0.0][:3]
    b1, b2, b3 = biases[:3] if len(biases) > 2 else [*biases, 0.0, 0.0][:3]
    a1 = sigmoid(w1 * x + b1)
    a2 = sigmoid(w2 * a1 + b2)
    a3 = sigmoid(w3 * a2 + b3)
    d3 = (a3 - y) * a3 * (1 - a3)
    d2 = d3 * w3 * a2 * (1 - a2)
    d1 = d2 * w2 * a1 * (1 - a1)
    K = len(weights)
    return np.array([d1 * x, d2 * a1, d3 * a2])[:K] + 1e-15, np.array([d1, d2, d3])[:K]
