# p_i (1 - p_j) everywhere
# part: test-softmax-jacobian
# %% softmax-jacobian
def softmax_jacobian(logits):
    p = softmax(logits)
    return np.outer(p, 1 - p)
