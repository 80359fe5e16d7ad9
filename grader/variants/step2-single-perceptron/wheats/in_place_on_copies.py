# works in place, on copies of its own
# %% softmax
def softmax(logits):
    p = logits.copy()
    p -= p.max(axis=-1).reshape(-1, 1)
    np.exp(p, out=p)
    p /= p.sum(axis=-1).reshape(-1, 1)
    return p

# %% cross-entropy-backward
def cross_entropy_backward(logits, targets):
    delta = softmax(logits).copy()
    delta -= targets
    delta *= 1 / delta.shape[0]
    return delta

# %% softmax-backward
def softmax_backward(gradient, logits):
    p = softmax(logits)
    result = gradient * p
    result -= p * result.sum(axis=1)[:, None]
    return result
