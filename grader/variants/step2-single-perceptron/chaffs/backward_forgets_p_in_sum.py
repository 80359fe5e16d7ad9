# subtracts the mean of g instead of its expectation under p
# part: test-softmax-backward
# %% softmax-backward
def softmax_backward(gradient, logits):
    p = softmax(logits)
    return p * (gradient - gradient.mean(axis=1, keepdims=True))
