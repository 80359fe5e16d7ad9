# the bias gradient is averaged although 1/R is in delta already
# part: test-output-gradients
# %% output-gradients
def output_gradients(a1, logits, labels):
    delta2 = (softmax(logits) - one_hot(labels, logits.shape[1])) / len(labels)
    return delta2, a1.T @ delta2, delta2.mean(axis=0)
