# samples as columns
# part: test-one-hot
# %% one-hot
def one_hot(labels, classes=10):
    return np.eye(classes)[:, labels]
