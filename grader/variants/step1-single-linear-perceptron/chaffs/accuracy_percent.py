# 75 instead of 0.75
# part: test-accuracy
# %% accuracy
def accuracy(predictions, labels):
    return 100 * np.mean(predictions.argmax(axis=1) == labels)
