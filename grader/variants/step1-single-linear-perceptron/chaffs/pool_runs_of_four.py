# averages four neighbours of a line instead of a square block
# part: test-average-pool
# %% average-pool
def average_pool(images):
    side = int(np.sqrt(images.shape[1]))
    return images.reshape(len(images), side // 2, side // 2, 4).mean(axis=3).reshape(len(images), -1)
