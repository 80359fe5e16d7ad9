# biases stay where they are
# part: test-step
# %% step
def step(images, labels, parameters, learning_rate):
    W1, b1, W2, b2 = parameters
    dW1, _, dW2, _ = gradients_of(images, labels, parameters)
    return [W1 - learning_rate * dW1, b1, W2 - learning_rate * dW2, b2]
