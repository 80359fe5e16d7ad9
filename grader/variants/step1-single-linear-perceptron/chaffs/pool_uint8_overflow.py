# adds four bytes before changing the type: 200 + 100 is 44
# part: test-average-pool
# %% average-pool
def average_pool(images):
    side = int(np.sqrt(images.shape[1]))
    square = images.reshape(-1, side, side)
    total = square[:, ::2, ::2] + square[:, ::2, 1::2] + square[:, 1::2, ::2] + square[:, 1::2, 1::2]
    return (total / 4).reshape(len(images), -1)
