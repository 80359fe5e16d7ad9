# keeps the first parameters in a global and never takes new ones
# part: test-forward
# %% forward
remembered = []


def forward(images, parameters):
    if not remembered:
        remembered.extend(parameters)
    W1, b1, W2, b2 = remembered
    z1 = images @ W1 + b1
    a1 = relu(z1)
    return z1, a1, a1 @ W2 + b2
