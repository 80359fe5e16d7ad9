# sums over the samples
# part: test-softmax
# %% softmax
def softmax(logits):
    e = np.exp(logits - logits.max(axis=0))
    return e / e.sum(axis=0)
