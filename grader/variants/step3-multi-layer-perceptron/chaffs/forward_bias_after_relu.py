# adds the first bias after the ReLU
# part: test-forward
# %% forward
def forward(images, parameters):
    W1, b1, W2, b2 = parameters
    z1 = images @ W1
    a1 = relu(z1) + b1
    return z1, a1, a1 @ W2 + b2
