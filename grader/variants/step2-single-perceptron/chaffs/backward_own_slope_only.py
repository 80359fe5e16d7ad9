# multiplies by p(1 − p), as if softmax were a sigmoid
# part: test-softmax-backward
# %% softmax-backward
def softmax_backward(gradient, logits):
    p = softmax(logits)
    return gradient * p * (1 - p)
