# clips the logits so that nothing overflows, which changes them
# part: test-output-gradients
# %% output-gradients
def output_gradients(a1, logits, labels):
    exponentials = np.exp(np.clip(logits, -500, 500))
    p = exponentials / exponentials.sum(axis=1, keepdims=True)
    delta2 = (p - one_hot(labels, logits.shape[1])) / len(labels)
    return delta2, a1.T @ delta2, delta2.sum(axis=0)
