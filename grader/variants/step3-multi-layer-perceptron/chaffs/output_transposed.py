# the weights' gradient is transposed
# part: test-output-gradients
# %% output-gradients
def output_gradients(a1, logits, labels):
    delta2 = (softmax(logits) - one_hot(labels, logits.shape[1])) / len(labels)
    return delta2, delta2.T @ a1, delta2.sum(axis=0)
