# loops over rows and columns: fails on vectors
# part: test-relu
# %% relu
def relu(z):
    result = np.zeros_like(z)
    for row in range(z.shape[0]):
        for column in range(z.shape[1]):
            result[row, column] = max(z[row, column], 0)
    return result
