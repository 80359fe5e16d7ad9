# ŷ (1 - ŷ) for the softmax, as on the slide
# part: test-path-contributions
# %% path-contributions
def path_contributions(network, i, j):
    hidden = sigmoid(network["x"] @ network["W1"] + network["b1"])
    logits = hidden @ network["W2"] + network["b2"]
    p = softmax(logits)[0]
    delta = 2 * (p - network["y"][0]) * p * (1 - p)
    h = hidden[0, j]
    return delta * network["W2"][j] * h * (1 - h) * network["x"][0, i]
