# subtracts the largest logit in place
# part: test-softmax-jacobian
# %% softmax-jacobian
def softmax_jacobian(logits):
    logits -= logits.max()
    p = softmax(logits)
    return np.diag(p) - np.outer(p, p)
