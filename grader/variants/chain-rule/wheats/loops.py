# plain loops and the math module throughout
# %% exponential-derivatives
import math


def exponential_derivatives(x):
    first, second = np.zeros(x.shape), np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        value = float(x[index])
        first[index] = 2 * value * math.exp(value * value)
        second[index] = math.exp(math.exp(value * value)) * first[index]
    return first, second

# %% neuron-gradients
def neuron_gradients(x, w, b, y):
    z = b
    for i in range(len(x)):
        z += x[i] * w[i]
    prediction = float(sigmoid(z))
    slope = (prediction - y) * (prediction - prediction**2)
    gradient = np.zeros(len(w))
    for i in range(len(x)):
        gradient[i] = slope * x[i]
    return (prediction - y) ** 2 / 2, gradient, slope

# %% chain-gradients
def chain_gradients(weights, biases, x, y):
    K = len(weights)
    a = [0.0] * (K + 1)
    a[0] = x
    for l in range(1, K + 1):
        a[l] = float(sigmoid(weights[l - 1] * a[l - 1] + biases[l - 1]))
    delta = [0.0] * (K + 1)
    delta[K] = (a[K] - y) * a[K] * (1 - a[K])
    for l in range(K - 1, 0, -1):
        delta[l] = delta[l + 1] * weights[l] * a[l] * (1 - a[l])
    return np.array([delta[l] * a[l - 1] for l in range(1, K + 1)]), np.array(delta[1:])

# %% softmax-jacobian
def softmax_jacobian(logits):
    p = softmax(logits)
    m = len(p)
    table = np.zeros((m, m))
    for i in range(m):
        for j in range(m):
            if i == j:
                table[i, j] = p[i] * (1 - p[i])
            else:
                table[i, j] = -p[i] * p[j]
    return table

# %% softmax-backward
def softmax_backward(gradient, logits):
    result = np.zeros_like(logits)
    for r in range(len(logits)):
        p = softmax(logits[r])
        for j in range(len(p)):
            total = 0.0
            for i in range(len(p)):
                total += gradient[r, i] * ((p[i] if i == j else 0.0) - p[i] * p[j])
            result[r, j] = total
    return result

# %% path-contributions
def path_contributions(network, i, j):
    h = sigmoid(network["x"] @ network["W1"] + network["b1"])
    z = h @ network["W2"] + network["b2"]
    p = softmax(z)
    incoming = 2 * (p - network["y"])
    delta = softmax_backward(incoming, z)
    result = np.zeros(delta.shape[1])
    for k in range(len(result)):
        result[k] = delta[0, k] * network["W2"][j, k]
        result[k] *= h[0, j] - h[0, j] ** 2
        result[k] *= network["x"][0, i]
    return result
