"""How a gradient changes the parameters, and how the learning rate changes with time.

An optimizer holds the network's own arrays and changes them in place. The formulas and default values are PyTorch's
(but for SGD's learning rate, 0.001 there), so that the two can be compared step by step.
"""

import math

import numpy as np

from chainrule.losses import same_shape


class Optimizer:
    """What all optimizers share: the network's parameters, and one vector that holds their gradients one after another.

    A step is then one formula for one vector, however many layers there are, and NumPy is called once for all of them.
    An optimizer has its formula in `_turn_into_step(gradient)`, which writes what is subtracted over the gradient.

    Parameters
    ----------
    parameters : list of ndarray
        The network's own arrays (`MLP.parameters`).
    learning_rate : float
        γ; may be set anew before each step.

    Attributes
    ----------
    gradient : ndarray, shape (N,)
        For all N numbers in the parameters.
    gradients : list of ndarray
        Its parts, in the parameters' order and shapes; they share its memory. `MLP.loss_and_gradients` can write there.

    Raises
    ------
    TypeError
        If the parameters are no list of arrays.
    """

    def __init__(self, parameters, learning_rate):
        # A bare array would fall into rows or numbers, and the numbers are copies: nothing would ever change.
        if isinstance(parameters, np.ndarray) or not all(isinstance(array, np.ndarray) for array in parameters):
            raise TypeError("an optimizer needs a list of arrays, such as network.parameters or [weights, biases].")
        self.parameters, self.learning_rate = list(parameters), learning_rate
        self.gradient = np.concatenate([np.zeros_like(parameter).ravel() for parameter in self.parameters])
        self.gradients = self._parts()

    def step(self, gradients):
        """Change the parameters once; `gradients` come in their order and shapes.

        They stay as they are, except if they are the optimizer's own, which hold the steps taken afterwards: a further
        vector of that size would crowd the processor's cache.

        Raises
        ------
        ValueError
            If a gradient has not its parameter's shape.
        """
        if gradients is not self.gradients:
            for own, given in zip(self.gradients, gradients, strict=True):
                same_shape(given, own, ("gradients", "parameters"))
                own[...] = given
        self._turn_into_step(self.gradient)
        for parameter, step in zip(self.parameters, self.gradients, strict=True):
            parameter -= step

    def _parts(self):
        ends = np.cumsum([parameter.size for parameter in self.parameters])
        parts = np.split(self.gradient, ends[:-1])
        return [part.reshape(parameter.shape) for part, parameter in zip(parts, self.parameters, strict=True)]

    def __setstate__(self, state):  # the parts of a copied or unpickled optimizer share no memory any more
        self.__dict__.update(state)
        self.gradients = self._parts()


class SGD(Optimizer):
    """Stochastic gradient descent, w ← w - γ ∂J/∂w, on request with momentum: v ← μv + ∂J/∂w, w ← w - γv.

    Parameters
    ----------
    parameters, learning_rate
        As for `Optimizer`.
    momentum : float
        μ in 0..1 (Polyak, 1964).
    nesterov : bool
        Look ahead: w ← w - γ (∂J/∂w + μv) (Nesterov, 1983, in the form of Sutskever et al., 2013).
    """

    def __init__(self, parameters, learning_rate=0.1, momentum=0.0, nesterov=False):
        super().__init__(parameters, learning_rate)
        self.momentum, self.nesterov, self.velocity = momentum, nesterov, np.zeros_like(self.gradient)

    def _turn_into_step(self, gradient):
        direction = gradient
        if self.momentum:
            self.velocity *= self.momentum
            self.velocity += gradient
            direction = gradient + self.momentum * self.velocity if self.nesterov else self.velocity
        np.multiply(direction, self.learning_rate, out=gradient)


class AdaGrad(Optimizer):
    """Each weight has a learning rate of its own, which falls with the squares it has seen: s ← s + g², w ← w - γ g/√s
    (Duchi, Hazan and Singer, 2011). Parameters as for `Optimizer`.
    """

    def __init__(self, parameters, learning_rate=0.01, epsilon=1e-10):
        super().__init__(parameters, learning_rate)
        self.epsilon, self.square = epsilon, np.zeros_like(self.gradient)

    def _turn_into_step(self, gradient):
        self.square += gradient**2
        gradient *= self.learning_rate
        gradient /= np.sqrt(self.square) + self.epsilon


class RMSProp(Optimizer):
    """AdaGrad that forgets: s ← αs + (1 - α) g² (Hinton's Coursera lecture 6e, 2012). Parameters as for `Optimizer`.

    Parameters
    ----------
    memory : float
        α, the share of the old squares that is kept.
    """

    def __init__(self, parameters, learning_rate=0.01, memory=0.99, epsilon=1e-8):
        super().__init__(parameters, learning_rate)
        self.memory, self.epsilon, self.square = memory, epsilon, np.zeros_like(self.gradient)

    def _turn_into_step(self, gradient):
        self.square *= self.memory
        self.square += (1 - self.memory) * gradient**2
        gradient *= self.learning_rate
        gradient /= np.sqrt(self.square) + self.epsilon


class Adam(Optimizer):
    """Momentum and RMSProp together, both corrected for their start at zero (Kingma and Ba, 2015).

    Parameters
    ----------
    parameters, learning_rate
        As for `Optimizer`.
    momentum, memory : float
        β₁ and β₂ of the paper.
    """

    def __init__(self, parameters, learning_rate=0.001, momentum=0.9, memory=0.999, epsilon=1e-8):
        super().__init__(parameters, learning_rate)
        self.momentum, self.memory, self.epsilon, self.steps = momentum, memory, epsilon, 0
        self.mean, self.square = np.zeros_like(self.gradient), np.zeros_like(self.gradient)
        self.scratch = np.empty_like(self.gradient)

    def _turn_into_step(self, gradient):
        self.steps += 1
        rate = self.learning_rate / (1 - self.momentum**self.steps)
        correction = math.sqrt(1 - self.memory**self.steps)  # a NumPy float64 would turn the float32 steps to float64
        scratch = self.scratch
        self.mean += np.multiply(np.subtract(gradient, self.mean, out=scratch), 1 - self.momentum, out=scratch)
        self.square *= self.memory
        self.square += np.multiply(np.square(gradient, out=scratch), 1 - self.memory, out=scratch)
        # γ m / (√s / c + ε)
        np.sqrt(self.square, out=scratch)
        scratch += self.epsilon * correction
        np.divide(self.mean, scratch, out=scratch)
        np.multiply(scratch, rate * correction, out=gradient)


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
