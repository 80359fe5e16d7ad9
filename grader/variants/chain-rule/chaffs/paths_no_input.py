# forgets the last link, ∂z1/∂W1 = x
# part: test-path-contributions
# %% path-contributions
def path_contributions(network, i, j):
    hidden = sigmoid(network["x"] @ network["W1"] + network["b1"])
    logits = hidden @ network["W2"] + network["b2"]
    delta = softmax_backward(2 * (softmax(logits) - network["y"]), logits)[0]
    h = hidden[0, j]
    return delta * network["W2"][j] * h * (1 - h)
