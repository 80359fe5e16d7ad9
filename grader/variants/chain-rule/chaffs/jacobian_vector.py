# returns p (1 - p), one number an output
# part: test-softmax-jacobian
# %% softmax-jacobian
def softmax_jacobian(logits):
    p = softmax(logits)
    return p * (1 - p)
