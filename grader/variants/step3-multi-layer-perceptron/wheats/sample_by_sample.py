# gradients of the samples one at a time, added up, divided by R at the end, as Algorithm 2 prints it
# %% output-gradients
def output_gradients(a1, logits, labels):
    rows, W2_gradient, b2_gradient = [], 0, 0
    for a, z, label in zip(a1, logits, labels):
        delta = softmax(z)
        delta[label] -= 1
        rows.append(delta)
        W2_gradient = W2_gradient + np.outer(a, delta)
        b2_gradient = b2_gradient + delta
    R = len(labels)
    return np.array(rows) / R, W2_gradient / R, b2_gradient / R
# %% hidden-gradients
def hidden_gradients(delta2, z1, images, W2):
    W1_gradient, b1_gradient = 0, 0
    for delta, z, x in zip(delta2, z1, images):
        delta1 = W2 @ delta * (z > 0)
        W1_gradient = W1_gradient + np.outer(x, delta1)
        b1_gradient = b1_gradient + delta1
    return W1_gradient, b1_gradient
# %% step
def step(images, labels, parameters, learning_rate):
    total = [0, 0, 0, 0]
    R = len(images)
    for r in range(R):
        for k, gradient in enumerate(gradients_of(images[r : r + 1], labels[r : r + 1], parameters)):
            total[k] = total[k] + gradient
    return [parameters[k] - learning_rate / R * total[k] for k in range(4)]
