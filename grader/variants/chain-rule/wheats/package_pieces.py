# puts the package's backward functions together
# %% neuron-gradients
from chainrule.layers import sigmoid_backward


def neuron_gradients(x, w, b, y):
    z = x @ w + b
    delta = sigmoid_backward(sigmoid(z) - y, z)
    return (sigmoid(z) - y) ** 2 / 2, x * delta, delta

# %% chain-gradients
def chain_gradients(weights, biases, x, y):
    network = MLP([1] * (len(weights) + 1), "sigmoid", "sigmoid", "squared", dtype=np.float64)
    network.weights = [np.array([[float(weight)]]) for weight in weights]
    network.biases = [np.array([float(bias)]) for bias in biases]
    gradients = network.loss_and_gradients(np.array([[x]]), np.array([[y]]))[1]
    return np.concatenate(gradients[::2])[:, 0], np.concatenate(gradients[1::2])

# %% network-gradients
from chainrule.layers import linear, linear_backward
from chainrule.losses import squared_loss_backward


def network_gradients(network):
    hidden = sigmoid(linear(network["x"], network["W1"], network["b1"]))
    logits = linear(hidden, network["W2"], network["b2"])
    gradient = 2 * squared_loss_backward(softmax(logits), network["y"])
    gradient = softmax_backward(gradient, logits)
    gradient, W2, b2 = linear_backward(gradient, hidden, network["W2"])
    gradient = gradient * hidden * (1 - hidden)
    x, W1, b1 = linear_backward(gradient, network["x"], network["W1"])
    return dict(x=x, W1=W1, b1=b1, W2=W2, b2=b2)
