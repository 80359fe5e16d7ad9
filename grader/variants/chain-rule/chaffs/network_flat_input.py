# gives the input's gradient as a vector
# part: test-network-gradients
# %% network-gradients
def network_gradients(network):
    x, W1, W2 = network["x"], network["W1"], network["W2"]
    h = sigmoid(x @ W1 + network["b1"])
    logits = h @ W2 + network["b2"]
    delta2 = softmax_backward(2 * (softmax(logits) - network["y"]), logits)
    delta1 = (delta2 @ W2.T) * h * (1 - h)
    return {"x": (delta1 @ W1.T)[0], "W1": x.T @ delta1, "b1": delta1[0], "W2": h.T @ delta2, "b2": delta2[0]}
