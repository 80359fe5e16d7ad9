# takes the gradient once, at the start
# part: test-descend
# %% descend
def descend(gradient, start, learning_rate, steps):
    slope = gradient(start.astype(float))
    return np.array([start - k * learning_rate * slope for k in range(steps + 1)])
