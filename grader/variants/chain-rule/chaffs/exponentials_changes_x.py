# squares x in place
# part: test-exponential-derivatives
# %% exponential-derivatives
def exponential_derivatives(x):
    root = x.copy()
    x *= x
    inner = np.exp(x)
    first = 2 * root * inner
    second = first * np.exp(inner)
    return first, second
