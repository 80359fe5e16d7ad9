# a softmax of its own that overflows for large logits
# part: test-network-gradients
# %% network-gradients
def network_gradients(network):
    x, W1, W2 = network["x"], network["W1"], network["W2"]
    h = sigmoid(x @ W1 + network["b1"])
    e = np.exp(h @ W2 + network["b2"])
    p = e / e.sum()
    g = 2 * (p - network["y"])
    delta2 = p * (g - (g * p).sum())
    delta1 = (delta2 @ W2.T) * h * (1 - h)
    return {"x": delta1 @ W1.T, "W1": x.T @ delta1, "b1": delta1[0], "W2": h.T @ delta2, "b2": delta2[0]}
