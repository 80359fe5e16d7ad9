# takes the softmax of the softmax
# part: test-output-gradients
# %% output-gradients
def output_gradients(a1, logits, labels):
    delta2 = softmax_cross_entropy_backward(softmax(logits), one_hot(labels, logits.shape[1]))
    return delta2, a1.T @ delta2, delta2.sum(axis=0)
