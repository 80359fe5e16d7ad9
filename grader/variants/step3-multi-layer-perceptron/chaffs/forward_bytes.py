# keeps the images' dtype: bytes wrap around
# part: test-forward
# %% forward
def forward(images, parameters):
    W1, b1, W2, b2 = parameters
    z1 = np.empty((len(images), len(b1)), images.dtype)
    z1[...] = (images @ W1 + b1).astype(images.dtype)
    a1 = relu(z1)
    return z1, a1, a1 @ W2 + b2
