# forgets the middle link of the longer chain
# part: test-exponential-derivatives
# %% exponential-derivatives
def exponential_derivatives(x):
    inner = np.exp(x**2)
    first = 2 * x * inner
    second = 2 * x * np.exp(inner)
    return first, second
