# centres the images in place
# part: test-forward
# %% forward
def forward(images, parameters):
    W1, b1, W2, b2 = parameters
    b1 += 0.5
    z1 = images @ W1 + b1 - 0.5
    a1 = relu(z1)
    return z1, a1, a1 @ W2 + b2
