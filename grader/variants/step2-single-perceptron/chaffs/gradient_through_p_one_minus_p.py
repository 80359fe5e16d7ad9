# one more softmax slope: (p − y) p (1 − p)
# part: test-cross-entropy-backward
# %% cross-entropy-backward
def cross_entropy_backward(logits, targets):
    p = softmax(logits)
    return (p - targets) * p * (1 - p) / len(logits)
