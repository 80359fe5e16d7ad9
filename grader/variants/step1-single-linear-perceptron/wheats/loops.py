# everything in loops over samples, units and pixels
# %% average-pool
def average_pool(images):
    side = round(len(images[0]) ** 0.5)
    pooled = np.zeros((len(images), (side // 2) ** 2))
    for r in range(len(images)):
        square = images[r].reshape(side, side).astype(float)
        k = 0
        for i in range(0, side, 2):
            for j in range(0, side, 2):
                pooled[r, k] = (square[i, j] + square[i, j + 1] + square[i + 1, j] + square[i + 1, j + 1]) / 4
                k += 1
    return pooled

# %% one-hot
def one_hot(labels, classes=10):
    rows = np.zeros((len(labels), classes))
    for r, label in enumerate(labels):
        rows[r, label] = 1
    return rows

# %% linear
def linear(inputs, weights, biases):
    R, n = inputs.shape
    m = weights.shape[1]
    Z = np.zeros((R, m))
    for r in range(R):
        for k in range(m):
            Z[r, k] = biases[k] + sum(inputs[r, j] * weights[j, k] for j in range(n))
    return Z

# %% linear-backward
def linear_backward(gradient, inputs, weights):
    R, n = inputs.shape
    m = weights.shape[1]
    dX, dW, db = np.zeros((R, n)), np.zeros((n, m)), np.zeros(m)
    for r in range(R):
        dW += np.outer(inputs[r], gradient[r])
        db += gradient[r]
        dX[r] = weights @ gradient[r]
    return dX, dW, db

# %% euclidean-loss
def euclidean_loss(predictions, targets):
    total = 0.0
    for prediction, target in zip(predictions, targets):
        for a, y in zip(prediction, target):
            total += 0.5 * (float(a) - float(y)) ** 2
    return total / len(predictions)


def euclidean_loss_backward(predictions, targets):
    slope = np.zeros(predictions.shape)
    for r in range(predictions.shape[0]):
        slope[r] = (predictions[r] - targets[r]) / predictions.shape[0]
    return slope

# %% accuracy
def accuracy(predictions, labels):
    right = 0
    for row, label in zip(predictions, labels):
        best = 0
        for k in range(1, len(row)):
            if row[k] > row[best]:
                best = k
        right += best == label
    return right / len(labels)
