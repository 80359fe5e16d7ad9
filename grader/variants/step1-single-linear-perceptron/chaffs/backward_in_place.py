# adds up the biases' gradient in the first row of δ
# part: test-linear-backward
# %% linear-backward
def linear_backward(gradient, inputs, weights):
    input_gradient, weight_gradient = gradient @ weights.T, inputs.T @ gradient
    bias_gradient = gradient[0]
    for delta in gradient[1:]:
        bias_gradient += delta
    return input_gradient, weight_gradient, bias_gradient
