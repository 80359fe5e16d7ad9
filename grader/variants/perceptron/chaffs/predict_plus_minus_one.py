# answers -1 and 1
# part: test-predict
# %% predict
def predict(inputs, weights, bias):
    return np.where(inputs @ weights + bias >= 0, 1, -1)
