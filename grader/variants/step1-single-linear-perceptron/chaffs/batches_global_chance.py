# takes chance from NumPy's global state
# part: test-minibatches
# %% minibatches
def minibatches(samples, batch_size, random):
    order = np.random.permutation(samples)
    return [order[start : start + batch_size] for start in range(0, samples, batch_size)]
