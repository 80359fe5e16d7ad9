# hands the function a flat array
# part: test-numerical-gradient
# %% numerical-gradient
def numerical_gradient(function, x, step=1e-5):
    moved = x.astype(np.float64)
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        original = moved[index]
        moved[index] = original + step
        above = function(moved.ravel())
        moved[index] = original - step
        below = function(moved.ravel())
        moved[index] = original
        gradient[index] = (above - below) / (2 * step)
    return gradient
