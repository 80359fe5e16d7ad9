# np.array_split: all batches about equally long instead of full ones and a rest
# part: test-minibatches
# %% minibatches
def minibatches(samples, batch_size, random):
    return np.array_split(random.permutation(samples), -(-samples // batch_size))
