# returns True and False
# part: test-predict
# %% predict
def predict(inputs, weights, bias):
    return inputs @ weights + bias >= 0
