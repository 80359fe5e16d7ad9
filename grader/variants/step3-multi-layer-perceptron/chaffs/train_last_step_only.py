# each step starts from where training started; improve is written on train
# part: test-train
# %% train
def train(images, labels, parameters, learning_rate, decay, iterations, batch_size, seed):
    random, result = np.random.default_rng(seed), parameters
    for iteration in range(1, iterations + 1):
        if iteration % 100 == 0:
            learning_rate *= decay
        batch = random.choice(len(images), batch_size, replace=False)
        result = step(images[batch], labels[batch], parameters, learning_rate)
    return result
# %% improve
def improve(images, labels, seed):
    W1, b1, W2, b2 = (array.astype(np.float32) for array in initialize(196, 64, 10, seed))
    parameters = [W1 / np.sqrt(98), b1, W2 / np.sqrt(32), b2]
    return train(images, labels, parameters, 0.5, 0.95, 2000, 32, seed)
