# a loop over samples and classes everywhere
# %% softmax
def softmax(logits):
    result = np.zeros(logits.shape)
    for r in range(len(logits)):
        largest = max(logits[r])
        powers = [np.exp(float(z) - float(largest)) for z in logits[r]]
        for k in range(len(powers)):
            result[r, k] = powers[k] / sum(powers)
    return result

# %% softmax-jacobian
def softmax_jacobian(logits):
    p = softmax(logits.reshape(1, -1)).ravel()
    m = len(p)
    J = np.empty((m, m))
    for i in range(m):
        for j in range(m):
            J[i, j] = p[i] * (1 - p[i]) if i == j else -p[i] * p[j]
    return J

# %% softmax-backward
def softmax_backward(gradient, logits):
    result = np.zeros(logits.shape)
    for r in range(len(logits)):
        p = softmax(logits[r : r + 1])[0]
        for j in range(len(p)):
            for i in range(len(p)):
                result[r, j] += gradient[r, i] * p[i] * ((i == j) - p[j])
    return result

# %% cross-entropy
def cross_entropy(logits, targets):
    total = 0.0
    for z, y in zip(logits.astype(float), targets):
        largest = z.max()
        log_sum = largest + np.log(sum(np.exp(v - largest) for v in z))
        for k in range(len(z)):
            total += y[k] * (log_sum - z[k])
    return total / logits.shape[0]

# %% cross-entropy-backward
def cross_entropy_backward(logits, targets):
    slope = np.zeros(logits.shape)
    for r in range(logits.shape[0]):
        slope[r] = softmax(logits[r][None])[0] - targets[r]
    slope /= logits.shape[0]
    return slope

# %% surest-mistakes
def surest_mistakes(probabilities, labels, count):
    wrong = []
    for r, row in enumerate(probabilities):
        if np.argmax(row) != labels[r]:
            wrong.append((-max(row), r))
    return np.array([r for _, r in sorted(wrong)][:count], dtype=int)
