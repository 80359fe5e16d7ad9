# divides by R, which the gradient has in it
# part: test-step
# %% step
def step(images, labels, parameters, learning_rate):
    gradients = gradients_of(images, labels, parameters)
    return [parameter - learning_rate / len(images) * gradient for parameter, gradient in zip(parameters, gradients)]
