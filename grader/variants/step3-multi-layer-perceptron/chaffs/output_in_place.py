# subtracts the largest logit in place
# part: test-output-gradients
# %% output-gradients
def output_gradients(a1, logits, labels):
    logits -= logits.max(axis=1, keepdims=True)
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    delta2 = (p - one_hot(labels, logits.shape[1])) / len(labels)
    return delta2, a1.T @ delta2, delta2.sum(axis=0)
