# the printed start: N(0, 1)
# part: test-improve
# %% improve
def improve(images, labels, seed):
    network = MLP((196, 64, 10), initialization="gaussian", seed=seed)
    train_network(network, images, labels, epochs=8, batch_size=32, learning_rate=0.3, seed=seed, progress=False)
    return network.parameters
