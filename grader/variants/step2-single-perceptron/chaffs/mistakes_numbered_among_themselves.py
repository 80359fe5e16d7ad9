# numbers within the misread ones instead of rows of the batch
# part: test-surest-mistakes
# %% surest-mistakes
def surest_mistakes(probabilities, labels, count):
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)
    return np.argsort(-probabilities[wrong].max(axis=1), kind="stable")[:count]
