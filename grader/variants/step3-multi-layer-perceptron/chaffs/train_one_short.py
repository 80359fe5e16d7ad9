# stops one iteration too early
# part: test-train
# %% train
def train(images, labels, parameters, learning_rate, decay, iterations, batch_size, seed):
    random = np.random.default_rng(seed)
    for iteration in range(1, iterations):
        if iteration % 100 == 0:
            learning_rate = decay * learning_rate
        batch = random.choice(len(images), batch_size, replace=False)
        parameters = step(images[batch], labels[batch], parameters, learning_rate)
    return parameters
