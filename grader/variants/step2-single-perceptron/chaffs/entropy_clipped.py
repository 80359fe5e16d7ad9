# clips p away from 0 and 1
# part: test-cross-entropy
# %% cross-entropy
def cross_entropy(logits, targets):
    p = np.clip(softmax(logits), 1e-7, 1 - 1e-7)
    return -np.sum(targets * np.log(p)) / len(p)
