# returns nested lists
# part: test-step
# %% step
def step(images, labels, parameters, learning_rate):
    gradients = gradients_of(images, labels, parameters)
    return [(parameter - learning_rate * gradient).tolist() for parameter, gradient in zip(parameters, gradients)]
