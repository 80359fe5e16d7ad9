# no gradient descent at all in the last part: the least-squares solution
# %% train-perceptron
def train_perceptron(inputs, targets, seed=0):
    extended = np.column_stack([inputs, np.ones(len(inputs))])
    solution = np.linalg.lstsq(extended, targets, rcond=None)[0]
    return solution[:-1], solution[-1]
