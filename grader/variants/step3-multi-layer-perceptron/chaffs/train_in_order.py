# walks through the images in order, without chance
# part: test-train
# %% train
def train(images, labels, parameters, learning_rate, decay, iterations, batch_size, seed):
    random = np.random.default_rng(seed)
    for iteration in range(1, iterations + 1):
        if iteration % 100 == 0:
            learning_rate = decay * learning_rate
        batch = np.arange(iteration * batch_size, (iteration + 1) * batch_size) % len(images)
        parameters = step(images[batch], labels[batch], parameters, learning_rate)
    return parameters
