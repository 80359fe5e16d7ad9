# takes two axes for granted
# part: test-relu-backward
# %% relu-backward
def relu_backward(gradient, z):
    passed = np.zeros_like(gradient)
    for row in range(z.shape[0]):
        for column in range(z.shape[1]):
            if z[row, column] > 0:
                passed[row, column] = gradient[row, column]
    return passed
