# changes the parameters in place
# part: test-step
# %% step
def step(images, labels, parameters, learning_rate):
    for parameter, gradient in zip(parameters, gradients_of(images, labels, parameters)):
        parameter -= learning_rate * gradient
    return parameters
