# the surest rows, misread or not
# part: test-surest-mistakes
# %% surest-mistakes
def surest_mistakes(probabilities, labels, count):
    return np.argsort(-probabilities.max(axis=1), kind="stable")[:count]
