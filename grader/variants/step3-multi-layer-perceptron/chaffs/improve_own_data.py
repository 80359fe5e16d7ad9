# trains on the notebook's digits instead of those that it is given
# part: test-improve
# %% improve
def improve(images, labels, seed):
    network = MLP((196, 64, 10), initialization="he", seed=seed)
    schedule = decay_every(0.5, 0.95)
    train_network(network, train_images, train_labels, epochs=12, schedule=schedule, seed=seed, progress=False)
    return network.parameters
