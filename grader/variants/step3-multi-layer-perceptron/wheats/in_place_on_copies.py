# works in place, but on copies of its own
# %% relu
def relu(z):
    a = z.copy()
    a[a < 0] = 0
    return a
# %% relu-backward
def relu_backward(gradient, z):
    result = gradient.copy()
    result[z <= 0] = 0
    return result
# %% output-gradients
def output_gradients(a1, logits, labels):
    delta2 = logits - logits.max(axis=1)[:, None]
    np.exp(delta2, out=delta2)
    delta2 /= delta2.sum(axis=1)[:, None]
    delta2[range(len(labels)), labels] -= 1
    delta2 /= len(labels)
    return delta2, a1.T.dot(delta2), np.ones(len(labels)) @ delta2
# %% step
def step(images, labels, parameters, learning_rate):
    new = [parameter.copy() for parameter in parameters]
    for parameter, gradient in zip(new, gradients_of(images, labels, parameters)):
        parameter -= learning_rate * gradient
    return new
# %% train
def train(images, labels, parameters, learning_rate, decay, iterations, batch_size, seed):
    generator = np.random.RandomState(seed)
    weights = [parameter.copy() for parameter in parameters]
    iteration = 0
    while iteration < iterations:
        iteration += 1
        rate = learning_rate * decay ** (iteration // 100)
        rows = generator.choice(images.shape[0], size=batch_size, replace=False)
        for weight, new in zip(weights, step(images[rows], labels[rows], weights, rate)):
            weight[...] = new
    return weights
