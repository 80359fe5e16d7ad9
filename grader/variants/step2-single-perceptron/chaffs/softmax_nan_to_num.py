# replaces the NaN of overflow by 1
# part: test-softmax
# %% softmax
def softmax(logits):
    with np.errstate(all="ignore"):
        e = np.exp(logits)
        return np.nan_to_num(e / e.sum(axis=1, keepdims=True), nan=1.0)
