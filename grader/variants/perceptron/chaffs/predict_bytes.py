# brings everything to bytes, in which weights below 0 do not exist
# part: test-predict
# %% predict
def predict(inputs, weights, bias):
    z = inputs @ weights.astype(inputs.dtype) + bias
    return (z >= 0).astype(int)
