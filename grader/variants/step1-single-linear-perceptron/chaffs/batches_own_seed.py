# makes its own generator: the same order in every epoch
# part: test-minibatches
# %% minibatches
def minibatches(samples, batch_size, random):
    order = np.random.default_rng(0).permutation(samples)
    return [order[start : start + batch_size] for start in range(0, samples, batch_size)]
