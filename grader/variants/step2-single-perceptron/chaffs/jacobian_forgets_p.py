# δ_ij − p_j without the factor p_i
# part: test-softmax-jacobian
# %% softmax-jacobian
def softmax_jacobian(logits):
    p = softmax(logits[np.newaxis])[0]
    return np.eye(len(p)) - p
