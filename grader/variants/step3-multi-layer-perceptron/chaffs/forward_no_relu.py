# no ReLU between the layers
# part: test-forward
# %% forward
def forward(images, parameters):
    W1, b1, W2, b2 = parameters
    z1 = images @ W1 + b1
    return z1, z1, z1 @ W2 + b2
