# the function's name is another
# part: test-forward
# %% forward
def forward_pass(images, parameters):
    W1, b1, W2, b2 = parameters
    z1 = linear(images, W1, b1)
    return z1, relu(z1), linear(relu(z1), W2, b2)


print(forward_pass(np.zeros((1, 2)), [np.zeros((2, 2)), np.zeros(2), np.zeros((2, 2)), np.zeros(2)])[2])
