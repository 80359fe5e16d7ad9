# goes forward without the biases, which are 0 in the example
# part: test-path-contributions
# %% path-contributions
def path_contributions(network, i, j):
    hidden = sigmoid(network["x"] @ network["W1"])
    logits = hidden @ network["W2"]
    delta = softmax_backward(2 * (softmax(logits) - network["y"]), logits)[0]
    h = hidden[0, j]
    return delta * network["W2"][j] * h * (1 - h) * network["x"][0, i]
