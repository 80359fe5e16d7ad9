# returns a column, shape (R, 1)
# part: test-predict
# %% predict
def predict(inputs, weights, bias):
    return (inputs @ weights.reshape(-1, 1) + bias >= 0).astype(int)
