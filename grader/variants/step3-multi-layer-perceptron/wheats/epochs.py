# draws by walking through a shuffled deck, shuffled anew when it is used up; tuples instead of lists
# %% step
def step(images, labels, parameters, learning_rate):
    dW1, db1, dW2, db2 = gradients_of(images, labels, parameters)
    W1, b1, W2, b2 = parameters
    return W1 - learning_rate * dW1, b1 - learning_rate * db1, W2 - learning_rate * dW2, b2 - learning_rate * db2
# %% initialize
def initialize(inputs, hidden, classes, seed):
    random = np.random.default_rng(seed)
    numbers = random.normal(0.0, 1.0, inputs * hidden + hidden * classes)
    W1 = numbers[: inputs * hidden].reshape(inputs, hidden)
    W2 = numbers[inputs * hidden :].reshape(hidden, classes)
    return W1, np.zeros(hidden), W2, np.zeros(classes)
# %% train
def train(images, labels, parameters, learning_rate, decay, iterations, batch_size, seed):
    random = np.random.default_rng(seed)
    deck = []
    for iteration in range(1, iterations + 1):
        if iteration % 100 == 0:
            learning_rate *= decay
        if len(deck) < batch_size:
            deck = list(random.permutation(len(images)))
        batch = [deck.pop() for _ in range(batch_size)]
        parameters = step(images[batch], labels[batch], parameters, learning_rate)
    return tuple(parameters)
