# a network with two hidden layers: six arrays
# part: test-improve
# %% improve
def improve(images, labels, seed):
    network = MLP((196, 64, 32, 10), seed=seed)
    train_network(network, images, labels, epochs=6, learning_rate=0.2, seed=seed, progress=False)
    return network.parameters
