# draws rows with replacement
# part: test-minibatches
# %% minibatches
def minibatches(samples, batch_size, random):
    order = random.integers(0, samples, samples)
    return [order[start : start + batch_size] for start in range(0, samples, batch_size)]
