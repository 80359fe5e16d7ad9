# returns a list
# part: test-predict
# %% predict
def predict(inputs, weights, bias):
    return [int(row @ weights + bias >= 0) for row in inputs]
