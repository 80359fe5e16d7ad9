# stale activations: keeps the first gradients and never computes new ones
# part: test-step
# %% step
stale = []


def step(images, labels, parameters, learning_rate):
    if not stale:
        stale.extend(gradients_of(images, labels, parameters))
    return [parameter - learning_rate * gradient for parameter, gradient in zip(parameters, stale)]
