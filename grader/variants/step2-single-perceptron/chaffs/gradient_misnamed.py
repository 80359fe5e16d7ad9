# the function's name is misspelt
# part: test-cross-entropy-backward
# %% cross-entropy-backward
def crossentropy_backward(logits, targets):
    return (softmax(logits) - targets) / len(logits)


print(crossentropy_backward(np.zeros((1, 2)), np.array([[0.0, 1.0]])))
