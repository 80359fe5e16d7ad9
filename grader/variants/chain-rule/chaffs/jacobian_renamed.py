# calls the function by another name, and tries it out; part 7 calls it by the right one
# part: test-softmax-jacobian
# %% softmax-jacobian
def softmax_table(logits):
    p = softmax(logits)
    return np.diag(p) - np.outer(p, p)


print(softmax_table(np.zeros(3)))

# %% softmax-backward
def softmax_backward(gradient, logits):
    return np.array([g @ softmax_jacobian(z) for g, z in zip(gradient, logits)])
