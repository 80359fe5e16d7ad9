# float32 whatever comes in
# %% softmax
def softmax(logits):
    z = logits.astype(np.float32)
    e = np.exp(z - z.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)

# %% softmax-jacobian
def softmax_jacobian(logits):
    p = softmax(np.array([logits], dtype=np.float32))[0]
    return np.diagflat(p) - np.outer(p, p)

# %% cross-entropy
def cross_entropy(logits, targets):
    z = logits.astype(np.float32)
    z = z - z.max(axis=1, keepdims=True)
    return np.float32(np.sum(targets * (np.log(np.exp(z).sum(axis=1, keepdims=True)) - z)) / len(z))

# %% cross-entropy-backward
def cross_entropy_backward(logits, targets):
    return ((softmax(logits) - targets) / np.float32(len(targets))).astype(np.float32)
