# passes the seed to the network, but not to the training
# part: test-improve
# %% improve
def improve(images, labels, seed):
    network = MLP((images.shape[1], 64, 10), initialization="he", seed=seed)
    chance = np.random.default_rng()
    train_network(
        network, images, labels, epochs=12, schedule=decay_every(0.5, 0.95), seed=chance, progress=False
    )
    return network.parameters
