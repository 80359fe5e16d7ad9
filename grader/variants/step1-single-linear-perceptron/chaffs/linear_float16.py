# computes in float16 to save memory
# part: test-linear
# %% linear
def linear(inputs, weights, biases):
    return (inputs.astype(np.float16) @ weights.astype(np.float16) + biases.astype(np.float16)).astype(inputs.dtype)
