# - p_i p_j everywhere
# part: test-softmax-jacobian
# %% softmax-jacobian
def softmax_jacobian(logits):
    p = softmax(logits)
    return -np.outer(p, p)
