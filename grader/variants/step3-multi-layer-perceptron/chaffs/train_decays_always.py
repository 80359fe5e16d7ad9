# the learning rate decays at each iteration
# part: test-train
# %% train
def train(images, labels, parameters, learning_rate, decay, iterations, batch_size, seed):
    random = np.random.default_rng(seed)
    for iteration in range(1, iterations + 1):
        if True:
            learning_rate = decay * learning_rate
        batch = random.choice(len(images), batch_size, replace=False)
        parameters = step(images[batch], labels[batch], parameters, learning_rate)
    return parameters
