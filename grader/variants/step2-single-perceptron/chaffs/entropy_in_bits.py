# logarithm to base 2
# part: test-cross-entropy
# %% cross-entropy
def cross_entropy(logits, targets):
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -np.sum(targets * log_p) / np.log(2) / len(logits)
