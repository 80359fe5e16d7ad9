# adds or subtracts the input after right answers too
# part: test-perceptron-update
# %% perceptron-update
def perceptron_update(x, y, weights, bias):
    sign = 1 if y == 1 else -1
    return weights + sign * x.astype(float), bias + sign
