# p − y without 1/R
# part: test-cross-entropy-backward
# %% cross-entropy-backward
def cross_entropy_backward(logits, targets):
    return softmax(logits) - targets
