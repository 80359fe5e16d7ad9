# cross terms with a plus
# part: test-softmax-jacobian
# %% softmax-jacobian
def softmax_jacobian(logits):
    p = softmax(logits[np.newaxis])[0]
    return np.diag(p - 2 * p * p) + np.outer(p, p)
