# draws images and labels separately, so that they no longer belong together
# part: test-train
# %% train
def train(images, labels, parameters, learning_rate, decay, iterations, batch_size, seed):
    random = np.random.default_rng(seed)
    for iteration in range(1, iterations + 1):
        if iteration % 100 == 0:
            learning_rate *= decay
        x = images[random.choice(len(images), batch_size, replace=False)]
        y = labels[random.choice(len(images), batch_size, replace=False)]
        parameters = step(x, y, parameters, learning_rate)
    return parameters
