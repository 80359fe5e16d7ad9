# a random block of neighbours instead of random images
# part: test-train
# %% train
def train(images, labels, parameters, learning_rate, decay, iterations, batch_size, seed):
    random = np.random.default_rng(seed)
    for iteration in range(1, iterations + 1):
        if iteration % 100 == 0:
            learning_rate = decay * learning_rate
        batch = (random.integers(len(images)) + np.arange(batch_size)) % len(images)
        parameters = step(images[batch], labels[batch], parameters, learning_rate)
    return parameters
