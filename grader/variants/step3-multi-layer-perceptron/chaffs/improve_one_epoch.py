# stops after one epoch
# part: test-improve
# %% improve
def improve(images, labels, seed):
    network = MLP((196, 64, 10), seed=seed)
    train_network(network, images, labels, epochs=1, batch_size=32, learning_rate=0.1, seed=seed, progress=False)
    return network.parameters
