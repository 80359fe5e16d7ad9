# unpacks linear_backward in the wrong order
# part: test-loss-and-gradients
# %% loss-and-gradients
def loss_and_gradients(inputs, targets, weights, biases):
    logits = linear(inputs, weights, biases)
    delta = cross_entropy_backward(logits, targets)
    weight_gradient, _, bias_gradient = linear_backward(delta, inputs, weights)
    return cross_entropy(logits, targets), weight_gradient, bias_gradient
