# each sample overwrites the sum
# part: test-cross-entropy
# %% cross-entropy
def cross_entropy(logits, targets):
    total = 0.0
    for z, y in zip(logits, targets):
        z = z - z.max()
        total = float(y @ (np.log(np.exp(z).sum()) - z))
    return total / len(logits)
