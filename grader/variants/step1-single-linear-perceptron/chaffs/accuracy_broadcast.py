# (R, 1) against (R,): every guess compared with every label
# part: test-accuracy
# %% accuracy
def accuracy(predictions, labels):
    return np.mean(predictions.argmax(axis=1, keepdims=True) == labels)
