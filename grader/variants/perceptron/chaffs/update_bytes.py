# multiplies -1 with bytes
# part: test-perceptron-update
# %% perceptron-update
def perceptron_update(x, y, weights, bias):
    error = np.array(y - int(x @ weights + bias >= 0)).astype(x.dtype)
    return weights + error * x, bias + float(error)
