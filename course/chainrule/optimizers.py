"""How a gradient changes the parameters, and how the learning rate changes with time."""


class SGD:
    """Stochastic gradient descent, w ← w - γ ∂J/∂w, in place.

    Parameters
    ----------
    parameters : list of ndarray
        The network's own arrays (`MLP.parameters`).
    learning_rate : float
        γ; may be set anew before each step.
    """

    def __init__(self, parameters, learning_rate=0.1):
        self.parameters, self.learning_rate = list(parameters), learning_rate

    def step(self, gradients):
        """Change the parameters once; `gradients` come in their order and shapes."""
        for parameter, gradient in zip(self.parameters, gradients, strict=True):
            parameter -= self.learning_rate * gradient


def decay_every(learning_rate, decay, every=100):
    """The schedule of HW #4's Algorithm 2: γ ← λγ at every 100th iteration.

    Returns
    -------
    callable
        `schedule(iteration)`, the learning rate of an iteration counted from 1. Iteration 100 is the first to use λγ.
    """
    return lambda iteration: learning_rate * decay ** (iteration // every)
