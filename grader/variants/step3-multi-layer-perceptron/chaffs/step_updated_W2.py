# the gradient of W1 is taken with the updated W2
# part: test-step
# %% step
def step(images, labels, parameters, learning_rate):
    new = [parameter.copy() for parameter in parameters]
    for k in (3, 2, 1, 0):
        new[k] = new[k] - learning_rate * gradients_of(images, labels, new)[k]
    return new
