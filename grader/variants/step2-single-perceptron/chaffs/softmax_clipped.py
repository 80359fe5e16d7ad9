# clips the logits to ±30 instead of subtracting
# part: test-softmax
# %% softmax
def softmax(logits):
    e = np.exp(np.clip(logits, -30, 30))
    return e / e.sum(axis=1, keepdims=True)
