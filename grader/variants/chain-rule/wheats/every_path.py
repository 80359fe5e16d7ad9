# adds up the paths weight by weight
# %% path-contributions
def path_contributions(network, i, j):
    h = sigmoid(network["x"] @ network["W1"] + network["b1"])[0]
    z = h @ network["W2"] + network["b2"]
    p = softmax(z)
    by_output = 2 * (p - network["y"][0])
    paths = []
    for k in range(len(z)):
        into_z = sum(by_output[o] * p[o] * ((o == k) - p[k]) for o in range(len(z)))
        paths.append(into_z * network["W2"][j][k] * h[j] * (1 - h[j]) * network["x"][0][i])
    return np.array(paths)

# %% network-gradients
def network_gradients(network):
    n, p = network["W1"].shape
    m = network["W2"].shape[1]
    h = sigmoid(network["x"] @ network["W1"] + network["b1"])
    z = h @ network["W2"] + network["b2"]
    d2 = softmax_backward(2 * (softmax(z) - network["y"]), z)[0]
    d1 = np.array([sum(d2[k] * network["W2"][j, k] for k in range(m)) * h[0, j] * (1 - h[0, j]) for j in range(p)])
    return {
        "W1": np.array([[network["x"][0, i] * d1[j] for j in range(p)] for i in range(n)]),
        "b1": d1,
        "W2": np.array([[h[0, j] * d2[k] for k in range(m)] for j in range(p)]),
        "b2": d2,
        "x": np.array([[sum(d1[j] * network["W1"][i, j] for j in range(p)) for i in range(n)]]),
    }
