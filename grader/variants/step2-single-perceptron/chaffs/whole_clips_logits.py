# clips the logits, to be safe from overflow
# part: test-loss-and-gradients
# %% loss-and-gradients
def loss_and_gradients(inputs, targets, weights, biases):
    logits = np.clip(linear(inputs, weights, biases), -30, 30)
    delta = cross_entropy_backward(logits, targets)
    _, weight_gradient, bias_gradient = linear_backward(delta, inputs, weights)
    return cross_entropy(logits, targets), weight_gradient, bias_gradient
