# writes the result into the parameters that it was given
# part: test-train
# %% train
def train(images, labels, parameters, learning_rate, decay, iterations, batch_size, seed):
    random = np.random.default_rng(seed)
    for iteration in range(1, iterations + 1):
        if iteration % 100 == 0:
            learning_rate *= decay
        batch = random.choice(len(images), batch_size, replace=False)
        for parameter, new in zip(parameters, step(images[batch], labels[batch], parameters, learning_rate)):
            parameter[...] = new
    return parameters
