# two networks side by side in one: their logits are added
# %% train
def one(images, labels, random):
    network = MLP((196, 80, 10), initialization="he", seed=random)
    optimizer = SGD(network.parameters, momentum=0.9)
    padded = np.pad(images.reshape(-1, 28, 28), ((0, 0), (2, 2), (2, 2)))
    steps = 350 + 2 * len(images) // 5
    for step in range(steps):
        batch = random.choice(len(images), min(64, len(images)), replace=False)
        down, right = random.integers(0, 5, 2)
        shifted = padded[batch, down : down + 28, right : right + 28]
        rows = shifted[:, ::2] + shifted[:, 1::2]
        pooled = (rows[:, :, ::2] + rows[:, :, 1::2]).reshape(-1, 196) / 4
        optimizer.learning_rate = 0.15 * min(1, 1.5 * (1 - step / steps))
        optimizer.step(network.loss_and_gradients(pooled, labels[batch])[1])
    return network.parameters


def train(images, labels, seed):
    random = np.random.default_rng(seed)
    W1, b1, W2, b2 = one(images, labels, random)
    V1, c1, V2, c2 = one(images, labels, random)
    return [np.hstack([W1, V1]), np.hstack([b1, c1]), np.vstack([W2, V2]), b2 + c2]
