# every backward step as a product with an explicit Jacobian
# %% softmax-jacobian
def softmax_jacobian(logits):
    p = softmax(logits).reshape(-1, 1)
    return np.diagflat(p) - p @ p.T

# %% softmax-backward
def softmax_backward(gradient, logits):
    rows = [softmax_jacobian(z) @ g for g, z in zip(gradient, logits)]
    return np.array(rows).astype(logits.dtype)

# %% network-gradients
def network_gradients(network):
    x, W1, W2 = network["x"][0], network["W1"], network["W2"]
    h = sigmoid(x @ W1 + network["b1"])
    z = h @ W2 + network["b2"]
    d_output = 2 * (softmax(z) - network["y"][0])
    d_z = d_output @ softmax_jacobian(z)
    d_hidden = (W2 * (h * (1 - h))[:, None]) @ d_z
    return {
        "x": (W1 @ d_hidden)[None, :],
        "W1": np.outer(x, d_hidden),
        "b1": d_hidden,
        "W2": np.outer(h, d_z),
        "b2": d_z,
    }
