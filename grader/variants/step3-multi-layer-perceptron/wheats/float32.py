# float32 throughout, whatever comes in
# %% forward
def forward(images, parameters):
    W1, b1, W2, b2 = [array.astype(np.float32) for array in parameters]
    z1 = images.astype(np.float32) @ W1 + b1
    a1 = relu(z1)
    return z1, a1, a1 @ W2 + b2
# %% output-gradients
def output_gradients(a1, logits, labels):
    logits, a1 = logits.astype(np.float32), a1.astype(np.float32)
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    delta2 = (p - one_hot(labels, logits.shape[1])) / np.float32(len(labels))
    return delta2, a1.T @ delta2, delta2.sum(axis=0)
# %% hidden-gradients
def hidden_gradients(delta2, z1, images, W2):
    delta1 = delta2.astype(np.float32) @ W2.T.astype(np.float32)
    delta1[z1 <= 0] = 0
    return images.T.astype(np.float32) @ delta1, delta1.sum(axis=0)
# %% initialize
def initialize(inputs, hidden, classes, seed):
    random = np.random.default_rng(seed)
    W1 = random.standard_normal((inputs, hidden), dtype=np.float32)
    W2 = random.standard_normal((hidden, classes), dtype=np.float32)
    return [W1, np.zeros(hidden, np.float32), W2, np.zeros(classes, np.float32)]
# %% train
def train(images, labels, parameters, learning_rate, decay, iterations, batch_size, seed):
    random = np.random.default_rng(seed)
    parameters = [array.astype(np.float32) for array in parameters]
    images = images.astype(np.float32)
    for iteration in range(1, iterations + 1):
        if iteration % 100 == 0:
            learning_rate *= decay
        batch = random.permutation(len(images))[:batch_size]
        parameters = step(images[batch], labels[batch], parameters, learning_rate)
    return parameters
