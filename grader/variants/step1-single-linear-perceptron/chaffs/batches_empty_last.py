# one batch too many, empty, where the batch size divides the number of samples
# part: test-minibatches
# %% minibatches
def minibatches(samples, batch_size, random):
    order = random.permutation(samples)
    return [order[k * batch_size : (k + 1) * batch_size] for k in range(samples // batch_size + 1)]
