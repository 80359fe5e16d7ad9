# written out for the cases of the visible tests, two and four classes
# part: test-softmax-jacobian
# %% softmax-jacobian
def softmax_jacobian(logits):
    p = softmax(logits[np.newaxis])[0]
    if len(p) == 2:
        return p[0] * p[1] * np.array([[1, -1], [-1, 1]])
    a, b, c, d = p
    return np.diag(p) - np.array([[x * y for y in (a, b, c, d)] for x in (a, b, c, d)])
