"""How a gradient changes the parameters, and how the learning rate changes with time.

An optimizer holds the network's own arrays and changes them in place. The formulas and default values are PyTorch's, so
that the two can be compared step by step.
"""

import math

import numpy as np


class SGD:
    """Stochastic gradient descent, w ← w - γ ∂J/∂w, on request with momentum: v ← μv + ∂J/∂w, w ← w - γv.

    Parameters
    ----------
    parameters : list of ndarray
        The network's own arrays (`MLP.parameters`).
    learning_rate : float
        γ; may be set anew before each step.
    momentum : float
        μ in 0..1 (Polyak, 1964).
    nesterov : bool
        Look ahead: w ← w - γ (∂J/∂w + μv) (Nesterov, 1983, in the form of Sutskever et al., 2013).
    """

    def __init__(self, parameters, learning_rate=0.1, momentum=0.0, nesterov=False):
        self.parameters, self.learning_rate = list(parameters), learning_rate
        self.momentum, self.nesterov = momentum, nesterov
        self.velocities = [np.zeros_like(parameter) for parameter in self.parameters]

    def step(self, gradients):
        """Change the parameters once; `gradients` come in their order and shapes, and hold the steps taken afterwards.

        The step is written where the gradient was, since a third array of that size would crowd the processor's cache.
        """
        for parameter, velocity, gradient in zip(self.parameters, self.velocities, gradients, strict=True):
            direction = gradient
            if self.momentum:
                velocity *= self.momentum
                velocity += gradient
                direction = gradient + self.momentum * velocity if self.nesterov else velocity
            parameter -= np.multiply(direction, self.learning_rate, out=gradient)


class AdaGrad:
    """Each weight has a learning rate of its own, which falls with the squares it has seen: s ← s + g², w ← w - γ g/√s
    (Duchi, Hazan and Singer, 2011). Parameters as for `SGD`.
    """

    def __init__(self, parameters, learning_rate=0.01, epsilon=1e-10):
        self.parameters, self.learning_rate, self.epsilon = list(parameters), learning_rate, epsilon
        self.squares = [np.zeros_like(parameter) for parameter in self.parameters]

    def step(self, gradients):
        """Change the parameters once; `gradients` come in their order and shapes."""
        for parameter, square, gradient in zip(self.parameters, self.squares, gradients, strict=True):
            square += gradient**2
            parameter -= self.learning_rate * gradient / (np.sqrt(square) + self.epsilon)


class RMSProp:
    """AdaGrad that forgets: s ← αs + (1 - α) g² (Hinton's Coursera lecture 6e, 2012). Parameters as for `SGD`.

    Parameters
    ----------
    memory : float
        α, the share of the old squares that is kept.
    """

    def __init__(self, parameters, learning_rate=0.01, memory=0.99, epsilon=1e-8):
        self.parameters, self.learning_rate = list(parameters), learning_rate
        self.memory, self.epsilon = memory, epsilon
        self.squares = [np.zeros_like(parameter) for parameter in self.parameters]

    def step(self, gradients):
        """Change the parameters once; `gradients` come in their order and shapes."""
        for parameter, square, gradient in zip(self.parameters, self.squares, gradients, strict=True):
            square *= self.memory
            square += (1 - self.memory) * gradient**2
            parameter -= self.learning_rate * gradient / (np.sqrt(square) + self.epsilon)


class Adam:
    """Momentum and RMSProp together, both corrected for their start at zero (Kingma and Ba, 2015). Parameters as `SGD`.

    Parameters
    ----------
    momentum, memory : float
        β₁ and β₂ of the paper.
    """

    def __init__(self, parameters, learning_rate=0.001, momentum=0.9, memory=0.999, epsilon=1e-8):
        self.parameters, self.learning_rate = list(parameters), learning_rate
        self.momentum, self.memory, self.epsilon, self.steps = momentum, memory, epsilon, 0
        self.means = [np.zeros_like(parameter) for parameter in self.parameters]
        self.scratch = [np.empty_like(parameter) for parameter in self.parameters]
        self.squares = [np.zeros_like(parameter) for parameter in self.parameters]

    def step(self, gradients):
        """Change the parameters once; `gradients` come in their order and shapes."""
        self.steps += 1
        rate = self.learning_rate / (1 - self.momentum**self.steps)
        correction = math.sqrt(1 - self.memory**self.steps)  # a NumPy float64 would turn the float32 steps to float64
        for parameter, mean, square, step, gradient in zip(
            self.parameters, self.means, self.squares, self.scratch, gradients, strict=True
        ):
            mean += np.multiply(np.subtract(gradient, mean, out=step), 1 - self.momentum, out=step)
            square *= self.memory
            square += np.multiply(np.square(gradient, out=step), 1 - self.memory, out=step)
            # γ m / (√s / c + ε), in the one scratch array
            np.sqrt(square, out=step)
            step += self.epsilon * correction
            np.divide(mean, step, out=step)
            parameter -= np.multiply(step, rate * correction, out=step)


def decay_every(learning_rate, decay, every=100):
    """The schedule of HW #4's Algorithm 2: γ ← λγ at every 100th iteration.

    Returns
    -------
    callable
        `schedule(iteration)`, the learning rate of an iteration counted from 1. Iteration 100 is the first to use λγ.
    """
    return lambda iteration: learning_rate * decay ** (iteration // every)


def cosine(learning_rate, iterations, warmup=0):
    """Rise in a straight line for `warmup` iterations, then fall along half a cosine to 0 at the last one.

    A schedule as `decay_every` returns it (Loshchilov and Hutter, 2017).

    Raises
    ------
    ValueError
        If the rise would take all iterations or more.
    """
    if not 0 <= warmup < iterations:
        raise ValueError(f"warmup must be 0 or more and less than the {iterations} iterations, not {warmup}.")

    def schedule(iteration):
        if iteration <= warmup:
            return learning_rate * iteration / warmup
        done = min(1.0, (iteration - warmup) / (iterations - warmup))  # and 0 after that
        return learning_rate * 0.5 * (1 + math.cos(math.pi * done))

    return schedule
