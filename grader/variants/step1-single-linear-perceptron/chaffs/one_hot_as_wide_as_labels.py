# as many columns as the largest label of the batch asks for
# part: test-one-hot
# %% one-hot
def one_hot(labels, classes=10):
    return np.eye(labels.max() + 1)[labels]
