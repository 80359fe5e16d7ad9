# puts new arrays into the list that it was given
# part: test-step
# %% step
def step(images, labels, parameters, learning_rate):
    new = parameters
    gradients = gradients_of(images, labels, parameters)
    for i in range(4):
        new[i] = new[i] - learning_rate * gradients[i]
    return new
