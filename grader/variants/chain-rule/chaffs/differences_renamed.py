# calls the function by another name, and tries it out
# part: test-numerical-gradient
# %% numerical-gradient
def central_differences(function, x, step=1e-5):
    moves = np.eye(x.size).reshape(-1, *x.shape) * step
    return np.array([(function(x + m) - function(x - m)) / (2 * step) for m in moves]).reshape(x.shape)


print(central_differences(lambda x: x @ x, np.array([1.0, 2.0])))
