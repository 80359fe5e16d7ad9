# the Jacobian of log p
# part: test-softmax-jacobian
# %% softmax-jacobian
def softmax_jacobian(logits):
    p = softmax(logits)
    return np.eye(len(p)) - p
