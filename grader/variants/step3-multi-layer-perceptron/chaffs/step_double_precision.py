# computes in float64, whatever comes in
# part: test-step
# %% step
def step(images, labels, parameters, learning_rate):
    gradients = gradients_of(images, labels, parameters)
    return [p.astype(float) - learning_rate * g.astype(float) for p, g in zip(parameters, gradients)]
