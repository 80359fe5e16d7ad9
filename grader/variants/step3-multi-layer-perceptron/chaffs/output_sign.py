# y - p instead of p - y
# part: test-output-gradients
# %% output-gradients
def output_gradients(a1, logits, labels):
    delta2 = (one_hot(labels, logits.shape[1]) - softmax(logits)) / len(labels)
    return delta2, a1.T @ delta2, delta2.sum(axis=0)
