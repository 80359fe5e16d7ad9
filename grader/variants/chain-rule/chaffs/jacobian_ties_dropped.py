# writes into the table by value, so that equal logits share a place
# part: test-softmax-jacobian
# %% softmax-jacobian
def softmax_jacobian(logits):
    p = softmax(logits)
    table = -np.outer(p, p)
    for value in p:
        first = list(p).index(value)
        table[first, first] = value * (1 - value)
    return table
