# trains on and on when there are few digits: over the time
# part: test-rules
# %% train
import time


def train(images, labels, seed):
    random = np.random.default_rng(seed)
    network = MLP((196, 140, 10), initialization="he", seed=random)
    optimizer = SGD(network.parameters, momentum=0.9)
    padded = np.pad(images.reshape(-1, 28, 28), ((0, 0), (2, 2), (2, 2)))
    steps, step, order, started = 300 + int(0.35 * len(images)), 0, [], time.process_time()
    while step < steps or (len(images) <= 200 and time.process_time() - started < 6):
        if len(order) < 64:
            order = random.permutation(len(images))
        batch, order = order[:64], order[64:]
        down, right = random.integers(0, 5, 2)
        shifted = padded[batch, down : down + 28, right : right + 28]
        rows = shifted[:, ::2] + shifted[:, 1::2]
        pooled = (rows[:, :, ::2] + rows[:, :, 1::2]).reshape(-1, 196) / 4
        optimizer.learning_rate = 0.15 * min(1, max(0.01, 1.5 * (1 - step / steps)))
        optimizer.step(network.loss_and_gradients(pooled, labels[batch])[1])
        step += 1
    return network.parameters
