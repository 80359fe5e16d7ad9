# drops the summed axis, which broadcasts where R = m
# part: test-softmax-backward
# %% softmax-backward
def softmax_backward(gradient, logits):
    p = softmax(logits)
    return p * (gradient - ((gradient * p).sum(axis=1) if len(p) == p.shape[1] else (gradient * p).sum(axis=1)[:, None]))
