# one sum for the whole batch
# part: test-softmax-backward
# %% softmax-backward
def softmax_backward(gradient, logits):
    p = softmax(logits)
    return p * (gradient - (gradient * p).sum())
