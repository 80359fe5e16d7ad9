# shuffles the images in place, without their labels
# part: test-train
# %% train
def train(images, labels, parameters, learning_rate, decay, iterations, batch_size, seed):
    random = np.random.default_rng(seed)
    for iteration in range(1, iterations + 1):
        if iteration % 100 == 0:
            learning_rate *= decay
        random.shuffle(images)
        parameters = step(images[:batch_size], labels[:batch_size], parameters, learning_rate)
    return parameters
