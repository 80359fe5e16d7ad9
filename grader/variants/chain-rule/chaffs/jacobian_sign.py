# + p_i p_j off the diagonal
# part: test-softmax-jacobian
# %% softmax-jacobian
def softmax_jacobian(logits):
    p = softmax(logits)
    return np.diag(p) + np.outer(p, p) - 2 * np.diag(p**2)
