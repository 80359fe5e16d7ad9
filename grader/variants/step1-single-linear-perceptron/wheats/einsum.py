# matrix products as einsum, sums spelt out
# %% linear
def linear(inputs, weights, biases):
    return np.einsum("rj,jk->rk", inputs, weights) + biases[np.newaxis, :]

# %% linear-backward
def linear_backward(gradient, inputs, weights):
    input_gradient = np.einsum("rk,jk->rj", gradient, weights)
    weight_gradient = np.einsum("rj,rk->jk", inputs, gradient)
    return input_gradient, weight_gradient, np.einsum("rk->k", gradient)

# %% euclidean-loss
def euclidean_loss(predictions, targets):
    error = predictions - targets
    return np.einsum("rk,rk->", error, error) / 2 / error.shape[0]


def euclidean_loss_backward(predictions, targets):
    return 1 / predictions.shape[0] * (predictions - targets)
