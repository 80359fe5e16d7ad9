# forgets the p in front
# part: test-softmax-backward
# %% softmax-backward
def softmax_backward(gradient, logits):
    p = softmax(logits)
    return (gradient - (gradient * p).sum(axis=1, keepdims=True))
