# uses a thousandth of the step, where rounding wins
# part: test-numerical-gradient
# %% numerical-gradient
def numerical_gradient(function, x, step=1e-5):
    step = step / 1e6
    moved = x.astype(np.float64)
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        original = moved[index]
        moved[index] = original + step
        above = function(moved)
        moved[index] = original - step
        below = function(moved)
        moved[index] = original
        gradient[index] = (above - below) / (2 * step)
    return gradient
