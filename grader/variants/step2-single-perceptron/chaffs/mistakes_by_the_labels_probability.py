# sorted by how little the right class got
# part: test-surest-mistakes
# %% surest-mistakes
def surest_mistakes(probabilities, labels, count):
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)
    return wrong[np.argsort(probabilities[wrong, labels[wrong]], kind="stable")][:count]
