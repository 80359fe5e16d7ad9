# leaves out the colon after `def`, so that the cell does not run at all; part 4 calls predict all the same
# part: test-predict
# %% predict
def predict(inputs, weights, bias)
    return (inputs @ weights + bias >= 0).astype(int)

# %% perceptron-update
def perceptron_update(x, y, weights, bias):
    x = x.astype(float)
    error = y - predict(x.reshape(1, -1), weights, bias)[0]
    return weights + error * x, bias + error
