# targets -= p changes the caller's targets
# part: test-cross-entropy-backward
# %% cross-entropy-backward
def cross_entropy_backward(logits, targets):
    targets -= softmax(logits)
    return -targets / len(logits)
