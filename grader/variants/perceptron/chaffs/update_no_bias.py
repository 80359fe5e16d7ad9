# leaves the bias as it is
# part: test-perceptron-update
# %% perceptron-update
def perceptron_update(x, y, weights, bias):
    x = x.astype(float)
    return weights + (y - int(x @ weights + bias >= 0)) * x, bias
