# counts labels from 1: label 3 goes to column 2
# part: test-one-hot
# %% one-hot
def one_hot(labels, classes=10):
    rows = np.zeros((len(labels), classes))
    rows[np.arange(len(labels)), labels.astype(int) - 1] = 1
    return rows
