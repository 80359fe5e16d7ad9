# uses the first sample of the batch only
# part: test-step
# %% step
def step(images, labels, parameters, learning_rate):
    gradients = gradients_of(images[:1], labels[:1], parameters)
    return [parameter - learning_rate * gradient for parameter, gradient in zip(parameters, gradients)]
