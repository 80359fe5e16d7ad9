# takes its second argument for p itself
# part: test-softmax-backward
# %% softmax-backward
def softmax_backward(gradient, logits):
    p = logits
    return p * (gradient - (gradient * p).sum(axis=1, keepdims=True))
