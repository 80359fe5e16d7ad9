# each step starts from the first parameters again
# part: test-train
# %% train
def train(images, labels, parameters, learning_rate, decay, iterations, batch_size, seed):
    random = np.random.default_rng(seed)
    new = parameters
    for iteration in range(1, iterations + 1):
        if iteration % 100 == 0:
            learning_rate *= decay
        batch = random.choice(len(images), batch_size, replace=False)
        new = step(images[batch], labels[batch], parameters, learning_rate)
    return new
