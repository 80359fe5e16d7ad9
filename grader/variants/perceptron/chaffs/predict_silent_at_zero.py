# fires where z > 0, not where z >= 0
# part: test-predict
# %% predict
def predict(inputs, weights, bias):
    return (inputs @ weights + bias > 0).astype(int)
