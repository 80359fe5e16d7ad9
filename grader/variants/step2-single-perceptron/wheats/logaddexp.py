# NumPy's own logaddexp and exp of the logarithm
# %% softmax
def softmax(logits):
    return np.exp(logits - np.logaddexp.reduce(logits, axis=1, keepdims=True))

# %% cross-entropy
def cross_entropy(logits, targets):
    log_sum = np.logaddexp.reduce(logits, axis=1)
    return float(np.mean(log_sum * targets.sum(axis=1) - (targets * logits).sum(axis=1)))

# %% surest-mistakes
def surest_mistakes(probabilities, labels, count):
    guesses, sure = probabilities.argmax(axis=1), probabilities.max(axis=1)
    order = np.lexsort((np.arange(len(sure)), -sure))
    return order[guesses[order] != labels[order]][:count]
