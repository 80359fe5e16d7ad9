# changes copies in place and forgets to return them
# part: test-step
# %% step
def step(images, labels, parameters, learning_rate):
    new = [parameter.copy() for parameter in parameters]
    for parameter, gradient in zip(new, gradients_of(images, labels, parameters)):
        parameter -= learning_rate * gradient
