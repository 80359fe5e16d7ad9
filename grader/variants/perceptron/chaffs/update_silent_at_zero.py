# thinks that the unit is silent at z = 0
# part: test-perceptron-update
# %% perceptron-update
def perceptron_update(x, y, weights, bias):
    x = x.astype(float)
    error = y - int(x @ weights + bias > 0)
    return weights + error * x, bias + error
