# forgets the bias when it predicts
# part: test-perceptron-update
# %% perceptron-update
def perceptron_update(x, y, weights, bias):
    x = x.astype(float)
    error = y - int(x @ weights >= 0)
    return weights + error * x, bias + error
