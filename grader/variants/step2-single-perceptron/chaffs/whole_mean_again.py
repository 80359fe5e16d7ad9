# divides by R once more
# part: test-loss-and-gradients
# %% loss-and-gradients
def loss_and_gradients(inputs, targets, weights, biases):
    logits = linear(inputs, weights, biases)
    delta = cross_entropy_backward(logits, targets)
    _, weight_gradient, bias_gradient = linear_backward(delta, inputs, weights)
    R = len(inputs)
    return cross_entropy(logits, targets), weight_gradient / R, bias_gradient / R
