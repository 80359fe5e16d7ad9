# turns an upward order round, so equally sure mistakes come last first
# %% surest-mistakes
def surest_mistakes(probabilities, labels, count):
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)
    return wrong[np.argsort(probabilities[wrong].max(axis=1), kind="stable")[::-1]][:count]
