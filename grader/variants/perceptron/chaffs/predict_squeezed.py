# squeezes, so that a batch of one becomes a number
# part: test-predict
# %% predict
def predict(inputs, weights, bias):
    return np.squeeze(np.where(inputs @ weights[:, None] + bias >= 0, 1, 0))
