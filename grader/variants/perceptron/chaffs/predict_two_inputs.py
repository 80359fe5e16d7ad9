# written for two inputs
# part: test-predict
# %% predict
def predict(inputs, weights, bias):
    return (inputs[:, 0] * weights[0] + inputs[:, 1] * weights[1] + bias >= 0).astype(int)
