# returns flat arrays
# part: test-exponential-derivatives
# %% exponential-derivatives
def exponential_derivatives(x):
    inner = np.exp(x**2)
    first = 2 * x * inner
    second = first * np.exp(inner)
    return first.ravel(), second.ravel()
