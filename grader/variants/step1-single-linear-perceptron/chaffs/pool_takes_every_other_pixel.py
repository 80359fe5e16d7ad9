# keeps one pixel of four instead of their average
# part: test-average-pool
# %% average-pool
def average_pool(images):
    side = int(np.sqrt(images.shape[1]))
    return images.reshape(-1, side, side)[:, ::2, ::2].reshape(len(images), -1).astype(float)
