# row numbers from 1 to samples
# part: test-minibatches
# %% minibatches
def minibatches(samples, batch_size, random):
    order = random.permutation(samples) + 1
    return [order[start : start + batch_size] for start in range(0, samples, batch_size)]
