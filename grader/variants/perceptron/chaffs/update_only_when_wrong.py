# returns inside the `if` only, so nothing after a right answer
# part: test-perceptron-update
# %% perceptron-update
def perceptron_update(x, y, weights, bias):
    x = x.astype(float)
    error = y - int(x @ weights + bias >= 0)
    if error:
        return weights + error * x, bias + error
