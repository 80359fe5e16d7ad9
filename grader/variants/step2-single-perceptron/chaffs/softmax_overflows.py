# e to the logits as they are: NaN at 1000
# part: test-softmax
# %% softmax
def softmax(logits):
    e = np.exp(logits)
    return e / e.sum(axis=1, keepdims=True)
