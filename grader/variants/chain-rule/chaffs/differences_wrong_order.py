# below minus above
# part: test-numerical-gradient
# %% numerical-gradient
def numerical_gradient(function, x, step=1e-5):
    moved = x.astype(np.float64)
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        original = moved[index]
        moved[index] = original + step
        above = function(moved)
        moved[index] = original - step
        below = function(moved)
        moved[index] = original
        gradient[index] = (below - above) / (2 * step)
    return gradient
