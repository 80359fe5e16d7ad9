# gradient times p (1 - p)
# part: test-softmax-backward
# %% softmax-backward
def softmax_backward(gradient, logits):
    p = softmax(logits)
    return gradient * p * (1 - p)
