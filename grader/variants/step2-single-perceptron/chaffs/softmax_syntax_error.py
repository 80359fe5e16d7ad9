# a bracket is not closed
# part: test-softmax
# %% softmax
def softmax(logits):
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True)
    return exponentials / exponentials.sum(axis=1, keepdims=True)
