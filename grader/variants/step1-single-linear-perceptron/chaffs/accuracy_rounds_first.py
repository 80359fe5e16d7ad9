# rounds the outputs to whole numbers before looking for the largest
# part: test-accuracy
# %% accuracy
def accuracy(predictions, labels):
    return np.mean(np.argmax(np.round(predictions), axis=1) == labels)
