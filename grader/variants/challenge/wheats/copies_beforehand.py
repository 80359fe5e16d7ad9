# nine shifted copies of the training set made beforehand, then the package's training loop
# %% train
from chainrule.training import train as train_network


def train(images, labels, seed):
    squares = images.reshape(-1, 28, 28)
    copies = [np.roll(squares, (down, right), (1, 2)) for down in (-1, 0, 1) for right in (-1, 0, 1)]
    copies += [np.roll(squares, shift, (1, 2)) for shift in ((-2, 0), (2, 0), (0, -2), (0, 2))]
    many = average_pool(np.concatenate(copies).reshape(-1, 784))
    network = MLP((196, 150, 10), seed=seed)
    epochs = max(1, 24000 // len(many) + 2)
    steps = epochs * -(-len(many) // 32)
    train_network(
        network,
        many,
        np.tile(labels, len(copies)),
        epochs=epochs,
        batch_size=32,
        optimizer=SGD(network.parameters, momentum=0.9),
        schedule=lambda iteration: 0.08 * (1 - iteration / (steps + 1)),
        seed=seed,
        progress=False,
    )
    return network.parameters
