# works on x itself and leaves the last move in it
# part: test-numerical-gradient
# %% numerical-gradient
def numerical_gradient(function, x, step=1e-5):
    moved = x if x.dtype == np.float64 else x.astype(np.float64)
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        original = moved[index]
        moved[index] = original + step
        above = function(moved)
        moved[index] = original - step
        below = function(moved)
        gradient[index] = (above - below) / (2 * step)
        moved[index] = original + 1e-12
    return gradient
