# takes a step already, so the caller's weights change
# part: test-loss-and-gradients
# %% loss-and-gradients
def loss_and_gradients(inputs, targets, weights, biases):
    logits = linear(inputs, weights, biases)
    delta = cross_entropy_backward(logits, targets)
    _, weight_gradient, bias_gradient = linear_backward(delta, inputs, weights)
    weights -= 0.1 * weight_gradient
    return cross_entropy(logits, targets), weight_gradient, bias_gradient
