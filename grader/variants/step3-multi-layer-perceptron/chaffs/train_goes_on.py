# global state: a second call goes on from where the first ended
# part: test-train
# %% train
best = {}


def train(images, labels, parameters, learning_rate, decay, iterations, batch_size, seed):
    random = np.random.default_rng(seed)
    shapes = tuple(parameter.shape for parameter in parameters)
    parameters = best.get(shapes, parameters)
    for iteration in range(1, iterations + 1):
        if iteration % 100 == 0:
            learning_rate *= decay
        batch = random.choice(len(images), batch_size, replace=False)
        parameters = step(images[batch], labels[batch], parameters, learning_rate)
    best[shapes] = parameters
    return parameters
