# the last, shorter batch is dropped
# part: test-minibatches
# %% minibatches
def minibatches(samples, batch_size, random):
    order = random.permutation(samples)
    return [order[k * batch_size : (k + 1) * batch_size] for k in range(samples // batch_size)]
