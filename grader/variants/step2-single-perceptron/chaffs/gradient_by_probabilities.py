# −y / p, the derivative by the probabilities
# part: test-cross-entropy-backward
# %% cross-entropy-backward
def cross_entropy_backward(logits, targets):
    return -targets / softmax(logits) / len(logits)
