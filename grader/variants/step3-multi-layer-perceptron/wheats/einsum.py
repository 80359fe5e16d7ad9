# sums written out as einsum
# %% forward
def forward(images, parameters):
    W1, b1, W2, b2 = parameters
    z1 = np.einsum("ri,ij->rj", images, W1) + b1
    a1 = relu(z1)
    return z1, a1, np.einsum("rj,jk->rk", a1, W2) + b2
# %% output-gradients
def output_gradients(a1, logits, labels):
    delta2 = softmax(logits)
    delta2[np.arange(len(labels)), labels] -= 1
    delta2 /= len(labels)
    return delta2, np.einsum("rj,rk->jk", a1, delta2), np.einsum("rk->k", delta2)
# %% hidden-gradients
def hidden_gradients(delta2, z1, images, W2):
    delta1 = np.einsum("rk,jk,rj->rj", delta2, W2, (z1 > 0).astype(delta2.dtype))
    return np.einsum("ri,rj->ij", images, delta1), np.einsum("rj->j", delta1)
