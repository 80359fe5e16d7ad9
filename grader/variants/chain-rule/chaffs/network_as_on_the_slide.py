# ŷ (1 - ŷ) for the softmax, as on the slide
# part: test-network-gradients
# %% network-gradients
def network_gradients(network):
    x, W1, W2 = network["x"], network["W1"], network["W2"]
    h = sigmoid(x @ W1 + network["b1"])
    logits = h @ W2 + network["b2"]
    p = softmax(logits)
    delta2 = 2 * (p - network["y"]) * p * (1 - p)
    delta1 = (delta2 @ W2.T) * h * (1 - h)
    return {"x": delta1 @ W1.T, "W1": x.T @ delta1, "b1": delta1[0], "W2": h.T @ delta2, "b2": delta2[0]}
