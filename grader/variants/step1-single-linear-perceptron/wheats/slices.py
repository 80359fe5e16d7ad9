# pooling as the mean of four slices, after a change of type; permutation from shuffle; targets by comparison
# %% average-pool
def average_pool(images):
    side = int(images.shape[1] ** 0.5 + 0.5)
    square = images.reshape(-1, side, side).astype(np.float32)
    upper = square[:, 0::2, 0::2] + square[:, 0::2, 1::2]
    lower = square[:, 1::2, 0::2] + square[:, 1::2, 1::2]
    return ((upper + lower) / 4).reshape(images.shape[0], -1)

# %% one-hot
def one_hot(labels, classes=10):
    return (labels.reshape(-1, 1) == np.arange(classes)).astype(float)

# %% minibatches
def minibatches(samples, batch_size, random):
    rows = np.arange(samples)
    random.shuffle(rows)
    batches = []
    while len(rows):
        batches.append(rows[:batch_size])
        rows = rows[batch_size:]
    return batches

# %% accuracy
def accuracy(predictions, labels):
    return np.count_nonzero(predictions.argmax(1) == labels) / predictions.shape[0]
