# its own softmax, which overflows
# part: test-cross-entropy-backward
# %% cross-entropy-backward
def cross_entropy_backward(logits, targets):
    e = np.exp(logits)
    return (e / e.sum(axis=1, keepdims=True) - targets) / len(logits)
