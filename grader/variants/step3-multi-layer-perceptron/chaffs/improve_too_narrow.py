# four hidden units
# part: test-improve
# %% improve
def improve(images, labels, seed):
    network = MLP((196, 4, 10), seed=seed)
    train_network(network, images, labels, epochs=12, batch_size=32, learning_rate=0.3, seed=seed, progress=False)
    return network.parameters
