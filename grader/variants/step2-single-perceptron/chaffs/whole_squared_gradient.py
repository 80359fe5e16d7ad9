# the gradient of the squared loss of p
# part: test-loss-and-gradients
# %% loss-and-gradients
def loss_and_gradients(inputs, targets, weights, biases):
    logits = linear(inputs, weights, biases)
    delta = (p := softmax(logits)) * ((g := (p - targets) / len(p)) - (g * p).sum(axis=1, keepdims=True))
    _, weight_gradient, bias_gradient = linear_backward(delta, inputs, weights)
    return cross_entropy(logits, targets), weight_gradient, bias_gradient
