# shuffles the batches, not the samples
# part: test-minibatches
# %% minibatches
def minibatches(samples, batch_size, random):
    order = np.arange(samples)
    batches = [order[start : start + batch_size] for start in range(0, samples, batch_size)]
    mixed = [batches[k] for k in random.permutation(len(batches) - 1)]
    return mixed + [batches[-1]]
