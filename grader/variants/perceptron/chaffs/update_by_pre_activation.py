# learns from y - z, the rule of Widrow and Hoff
# part: test-perceptron-update
# %% perceptron-update
def perceptron_update(x, y, weights, bias):
    x = x.astype(float)
    error = y - (x @ weights + bias)
    return weights + error * x, bias + error
