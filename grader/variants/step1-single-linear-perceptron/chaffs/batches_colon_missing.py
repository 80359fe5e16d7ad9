# leaves out the colon after `for`, so that the cell does not run at all
# part: test-minibatches
# %% minibatches
def minibatches(samples, batch_size, random):
    order, batches = random.permutation(samples), []
    for start in range(0, samples, batch_size)
        batches.append(order[start : start + batch_size])
    return batches
