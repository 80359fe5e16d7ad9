# cuts without shuffling
# part: test-minibatches
# %% minibatches
def minibatches(samples, batch_size, random):
    order = np.arange(samples)
    return [order[start : start + batch_size] for start in range(0, samples, batch_size)]
