# the bias gradient is summed over the classes
# part: test-output-gradients
# %% output-gradients
def output_gradients(a1, logits, labels):
    delta2 = (softmax(logits) - one_hot(labels, logits.shape[1])) / len(labels)
    return delta2, a1.T @ delta2, delta2.sum(axis=1)
