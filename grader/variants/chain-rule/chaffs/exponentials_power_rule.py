# treats e^(x²) like a power of x
# part: test-exponential-derivatives
# %% exponential-derivatives
def exponential_derivatives(x):
    inner = np.exp(x**2)
    first = x**2 * np.exp(x**2 - 1)
    second = first * np.exp(inner)
    return first, second
