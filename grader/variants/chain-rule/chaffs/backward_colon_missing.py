# leaves out the colon after `def`, so that the cell does not run at all
# part: test-softmax-backward
# %% softmax-backward
def softmax_backward(gradient, logits)
    p = softmax(logits)
    return p * (gradient - (gradient * p).sum(axis=1, keepdims=True))
