# logits -= max changes the caller's array
# part: test-softmax
# %% softmax
def softmax(logits):
    logits -= logits.max(axis=1, keepdims=True)
    e = np.exp(logits)
    return e / e.sum(axis=1, keepdims=True)
