# returns the loss last
# part: test-loss-and-gradients
# %% loss-and-gradients
def loss_and_gradients(inputs, targets, weights, biases):
    logits = linear(inputs, weights, biases)
    delta = cross_entropy_backward(logits, targets)
    _, weight_gradient, bias_gradient = linear_backward(delta, inputs, weights)
    return weight_gradient, bias_gradient, cross_entropy(logits, targets)
