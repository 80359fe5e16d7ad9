# returns float64 whatever comes in
# part: test-softmax-backward
# %% softmax-backward
def softmax_backward(gradient, logits):
    p = softmax(logits.astype(np.float64))
    return p * (gradient - (gradient * p).sum(axis=1, keepdims=True))
