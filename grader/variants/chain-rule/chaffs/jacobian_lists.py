# returns nested lists
# part: test-softmax-jacobian
# %% softmax-jacobian
def softmax_jacobian(logits):
    p = softmax(logits)
    return (np.diag(p) - np.outer(p, p)).tolist()
