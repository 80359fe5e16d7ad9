# differentiates the outermost function only
# part: test-exponential-derivatives
# %% exponential-derivatives
def exponential_derivatives(x):
    inner = np.exp(x**2)
    first = inner
    second = first * np.exp(inner)
    return first, second
