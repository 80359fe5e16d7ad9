# sorted upwards
# part: test-surest-mistakes
# %% surest-mistakes
def surest_mistakes(probabilities, labels, count):
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)
    return wrong[np.argsort(probabilities[wrong].max(axis=1), kind="stable")][:count]
