# takes the bias for the threshold
# part: test-predict
# %% predict
def predict(inputs, weights, bias):
    return (inputs @ weights >= bias).astype(int)
