# every number on its own, in Python loops
# %% relu
def relu(z):
    result = np.zeros(z.size, z.dtype)
    for place, number in enumerate(z.ravel()):
        result[place] = number if number > 0 else 0
    return result.reshape(z.shape)
# %% relu-backward
def relu_backward(gradient, z):
    result = np.zeros_like(gradient)
    for index in np.ndindex(z.shape):
        if z[index] > 0:
            result[index] = gradient[index]
    return result
# %% forward
def forward(images, parameters):
    W1, b1, W2, b2 = parameters
    samples, n = images.shape
    hidden, classes = W2.shape
    z1, a1, logits = np.zeros((samples, hidden)), np.zeros((samples, hidden)), np.zeros((samples, classes))
    for r in range(samples):
        for j in range(hidden):
            z1[r, j] = b1[j] + sum(float(images[r, i]) * W1[i, j] for i in range(n))
            a1[r, j] = max(z1[r, j], 0)
        for k in range(classes):
            logits[r, k] = b2[k] + sum(a1[r, j] * W2[j, k] for j in range(hidden))
    return z1, a1, logits
# %% output-gradients
def output_gradients(a1, logits, labels):
    samples, classes = logits.shape
    hidden = a1.shape[1]
    delta2, W2_gradient, b2_gradient = np.zeros((samples, classes)), np.zeros((hidden, classes)), np.zeros(classes)
    for r in range(samples):
        exponentials = [np.exp(float(z) - float(max(logits[r]))) for z in logits[r]]
        for k in range(classes):
            delta2[r, k] = (exponentials[k] / sum(exponentials) - (1 if labels[r] == k else 0)) / samples
            b2_gradient[k] += delta2[r, k]
            for j in range(hidden):
                W2_gradient[j, k] += a1[r, j] * delta2[r, k]
    return delta2, W2_gradient, b2_gradient
# %% hidden-gradients
def hidden_gradients(delta2, z1, images, W2):
    samples, hidden = z1.shape
    n = images.shape[1]
    W1_gradient, b1_gradient = np.zeros((n, hidden)), np.zeros(hidden)
    for r in range(samples):
        for j in range(hidden):
            if z1[r, j] <= 0:
                continue
            blame = sum(delta2[r, k] * W2[j, k] for k in range(W2.shape[1]))
            b1_gradient[j] += blame
            for i in range(n):
                W1_gradient[i, j] += images[r, i] * blame
    return W1_gradient, b1_gradient
