# one Jacobian a sample, contracted with einsum
# %% softmax-jacobian
def softmax_jacobian(logits):
    p = softmax(logits[None, :])[0]
    return p[:, None] * (np.eye(len(p)) - p[None, :])

# %% softmax-backward
def softmax_backward(gradient, logits):
    p = softmax(logits)
    jacobians = np.einsum("ri,ij->rij", p, np.eye(p.shape[1])) - np.einsum("ri,rj->rij", p, p)
    return np.einsum("ri,rij->rj", gradient, jacobians)

# %% loss-and-gradients
def loss_and_gradients(inputs, targets, weights, biases):
    logits = np.einsum("rj,jk->rk", inputs, weights) + biases
    delta = cross_entropy_backward(logits, targets)
    return cross_entropy(logits, targets), np.einsum("rj,rk->jk", inputs, delta), np.einsum("rk->k", delta)
