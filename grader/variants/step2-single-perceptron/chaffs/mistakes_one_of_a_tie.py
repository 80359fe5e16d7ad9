# a dictionary by sureness, in which equally sure mistakes push each other out
# part: test-surest-mistakes
# %% surest-mistakes
def surest_mistakes(probabilities, labels, count):
    rows = {p.max(): r for r, (p, label) in enumerate(zip(probabilities, labels)) if p.argmax() != label}
    return np.array([rows[sure] for sure in sorted(rows, reverse=True)[:count]], dtype=int)
