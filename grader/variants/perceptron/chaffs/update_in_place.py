# changes the weights that were passed in
# part: test-perceptron-update
# %% perceptron-update
def perceptron_update(x, y, weights, bias):
    x = x.astype(float)
    error = y - int(x @ weights + bias >= 0)
    weights += error * x
    return weights, bias + error
