# ties go to the last of the largest outputs
# part: test-accuracy
# %% accuracy
def accuracy(predictions, labels):
    last = predictions.shape[1] - 1 - predictions[:, ::-1].argmax(axis=1)
    return np.mean(last == labels)
