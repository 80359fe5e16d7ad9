# batches by np.split at the multiples of the batch size, order by sorting random numbers
# %% minibatches
def minibatches(samples, batch_size, random):
    order = np.argsort(random.random(samples))
    return np.split(order, range(batch_size, samples, batch_size))

# %% one-hot
def one_hot(labels, classes=10):
    result = np.zeros((labels.size, classes), np.float32)
    np.put_along_axis(result, labels[:, None].astype(int), 1, axis=1)
    return result
