# divides by the number of samples
# part: test-softmax-backward
# %% softmax-backward
def softmax_backward(gradient, logits):
    p = softmax(logits)
    return p * (gradient - (gradient * p).sum(axis=1, keepdims=True)) / len(logits)
