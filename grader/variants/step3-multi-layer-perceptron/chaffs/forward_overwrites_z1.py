# relu in place: z1 comes back as a1
# part: test-forward
# %% forward
def forward(images, parameters):
    W1, b1, W2, b2 = parameters
    z1 = images @ W1 + b1
    a1 = np.maximum(z1, 0, out=z1)
    return z1, a1, a1 @ W2 + b2
