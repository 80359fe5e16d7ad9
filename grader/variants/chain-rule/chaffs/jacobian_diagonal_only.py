# p (1 - p) on the diagonal, zeros elsewhere
# part: test-softmax-jacobian
# %% softmax-jacobian
def softmax_jacobian(logits):
    p = softmax(logits)
    return np.diag(p * (1 - p))
