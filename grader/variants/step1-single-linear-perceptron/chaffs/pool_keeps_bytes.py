# turns the averages back into the type of the images: the fractions are lost
# part: test-average-pool
# %% average-pool
def average_pool(images):
    side = int(np.sqrt(images.shape[1]))
    blocks = images.reshape(len(images), side // 2, 2, side // 2, 2)
    return blocks.mean(axis=(2, 4)).reshape(len(images), -1).astype(images.dtype)
