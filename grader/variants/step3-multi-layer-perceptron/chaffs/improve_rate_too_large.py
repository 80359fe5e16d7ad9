# a learning rate at which training diverges or stalls
# part: test-improve
# %% improve
def improve(images, labels, seed):
    network = MLP((196, 64, 10), seed=seed)
    train_network(network, images, labels, epochs=6, batch_size=32, learning_rate=10.0, seed=seed, progress=False)
    return network.parameters
