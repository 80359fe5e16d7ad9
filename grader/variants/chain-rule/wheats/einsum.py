# Einstein sums wherever there is a product
# %% neuron-gradients
def neuron_gradients(x, w, b, y):
    p = sigmoid(np.einsum("i,i->", x, w) + b)
    slope = np.einsum(",,->", p - y, p, 1 - p)
    return np.square(y - p) / 2, np.einsum(",i->i", slope, x), slope

# %% softmax-jacobian
def softmax_jacobian(logits):
    p = softmax(logits)
    return np.einsum("i,ij->ij", p, np.eye(len(p))) - np.einsum("i,j->ij", p, p)

# %% softmax-backward
def softmax_backward(gradient, logits):
    p = softmax(logits)
    return np.einsum("ri,ri->ri", p, gradient) - np.einsum("rj,ri,ri->rj", p, p, gradient)

# %% path-contributions
def path_contributions(network, i, j):
    h = sigmoid(np.einsum("ri,ij->rj", network["x"], network["W1"]) + network["b1"])
    z = np.einsum("rj,jk->rk", h, network["W2"]) + network["b2"]
    delta = softmax_backward(2 * (softmax(z) - network["y"]), z)
    return np.einsum("k,k,,->k", delta[0], network["W2"][j], h[0, j] * (1 - h[0, j]), network["x"][0, i])

# %% network-gradients
def network_gradients(network):
    h = sigmoid(np.einsum("ri,ij->rj", network["x"], network["W1"]) + network["b1"])
    z = np.einsum("rj,jk->rk", h, network["W2"]) + network["b2"]
    d2 = softmax_backward(2 * (softmax(z) - network["y"]), z)
    d1 = np.einsum("rk,jk,rj->rj", d2, network["W2"], h * (1 - h))
    return {
        "W2": np.einsum("rj,rk->jk", h, d2),
        "b2": np.einsum("rk->k", d2),
        "W1": np.einsum("ri,rj->ij", network["x"], d1),
        "b1": np.einsum("rj->j", d1),
        "x": np.einsum("rj,ij->ri", d1, network["W1"]),
    }
