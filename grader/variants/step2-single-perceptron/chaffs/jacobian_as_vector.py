# only the m derivatives of each p by its own z
# part: test-softmax-jacobian
# %% softmax-jacobian
def softmax_jacobian(logits):
    p = softmax(logits[np.newaxis])[0]
    return p * (1 - p)
