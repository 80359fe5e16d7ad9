# returns weights first, then biases
# part: test-step
# %% step
def step(images, labels, parameters, learning_rate):
    W1, b1, W2, b2 = (p - learning_rate * g for p, g in zip(parameters, gradients_of(images, labels, parameters)))
    return [W1, W2, b1, b2]
