# moves the wrong way: y-hat minus y
# part: test-perceptron-update
# %% perceptron-update
def perceptron_update(x, y, weights, bias):
    x = x.astype(float)
    error = int(x @ weights + bias >= 0) - y
    return weights + error * x, bias + error
