# right if the label's output is above one half
# part: test-accuracy
# %% accuracy
def accuracy(predictions, labels):
    return np.mean(predictions[np.arange(len(labels)), labels] >= 0.5)
