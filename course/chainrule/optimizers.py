"""How a gradient changes the parameters, and how the learning rate changes with time.

An optimizer holds the network's own arrays and changes them in place. The formulas and default values are PyTorch's
(but for SGD's learning rate, 0.001 there), so that the two can be compared step by step.
"""

import math

import numpy as np

from chainrule.losses import same_shape
from chainrule.memory import parts_of, side_by_side, vector_of


class Optimizer:
    """What all optimizers share: the network's parameters, and one vector that holds their gradients one after another.

    A step is then one formula for one vector, however many layers there are, and NumPy is called once for all of them.
    An optimizer has its formula in `_step(gradient)`, which returns what is subtracted and may write over the gradient.

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
    factor : float
        What a step multiplies the gradients by first: the learning rate for SGD, 1 for the others.

    Raises
    ------
    TypeError
        If the parameters are no list of arrays of floats.
    """

    factor = 1.0

    def __init__(self, parameters, learning_rate):
        # A bare array would fall into rows or numbers, and the numbers are copies: nothing would ever change.
        self.parameters = [] if isinstance(parameters, np.ndarray) else list(parameters)
        self.learning_rate = learning_rate
        fit = [isinstance(array, np.ndarray) and array.dtype.kind == "f" for array in self.parameters]
        if not fit or not all(fit):
            raise TypeError("an optimizer needs a list of arrays of floats, such as network.parameters.")
        shapes = [parameter.shape for parameter in self.parameters]
        self.gradient, self.gradients = side_by_side(shapes, np.result_type(*self.parameters))
        self.vector = vector_of(self.parameters)

    def step(self, gradients, factor=1.0):
        """Change the parameters once.

        Parameters
        ----------
        gradients : list of ndarray
            In the parameters' order and shapes. They stay as they are, except if they are the optimizer's own: a
            further vector of that size would crowd the processor's cache.
        factor : float
            What they have been multiplied by already. With the optimizer's own `factor` they are ready for the step.

        Raises
        ------
        ValueError
            If there is not a gradient for each parameter, in its shape.
        """
        missing = self.factor / factor
        if gradients is not self.gradients:
            if len(gradients) != len(self.gradients):
                raise ValueError(f"there are {len(gradients)} gradients for {len(self.gradients)} parameters.")
            for own, given in zip(self.gradients, gradients, strict=True):
                same_shape(given, own, ("gradients", "parameters"))
                np.multiply(given, missing, out=own)
        elif missing != 1:
            self.gradient *= missing
        step = self._step(self.gradient)
        if self.vector is not None:
            self.vector -= step
        else:
            for parameter, part in zip(self.parameters, self._parts(step), strict=True):
                parameter -= part

    def _zeros(self):
        """A vector like `gradient`."""
        return side_by_side([self.gradient.shape], self.gradient.dtype)[0]

    def _parts(self, vector):
        return parts_of(vector, [parameter.shape for parameter in self.parameters])

    def __setstate__(self, state):  # the parts of a copied or unpickled optimizer share no memory any more
        self.__dict__.update(state)
        self.gradients, self.vector = self._parts(self.gradient), vector_of(self.parameters)


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

    Attributes
    ----------
    velocity : ndarray, shape (N,)
        γv, since γ is in the gradients already: `train` lets the network multiply by γ where that costs least.
    """

    def __init__(self, parameters, learning_rate=0.1, momentum=0.0, nesterov=False):
        super().__init__(parameters, learning_rate)
        self.momentum, self.nesterov, self.velocity, self.velocity_factor = momentum, nesterov, self._zeros(), 1.0

    @property
    def factor(self):
        return self.learning_rate or 1.0  # at 0 nothing moves, but the velocity goes on

    def _step(self, gradient):
        if self.momentum:
            self.velocity *= self.momentum * self.factor / self.velocity_factor  # v itself is not to change with γ
            self.velocity_factor = self.factor
            self.velocity += gradient
            gradient = gradient + self.momentum * self.velocity if self.nesterov else self.velocity
        return gradient if self.learning_rate else 0 * gradient


class AdaGrad(Optimizer):
    """Each weight has a learning rate of its own, which falls with the squares it has seen: s ← s + g², w ← w - γ g/√s
    (Duchi, Hazan and Singer, 2011). Parameters as for `Optimizer`.
    """

    def __init__(self, parameters, learning_rate=0.01, epsilon=1e-10):
        super().__init__(parameters, learning_rate)
        self.epsilon, self.square = epsilon, self._zeros()

    def _step(self, gradient):
        self.square += gradient**2
        gradient *= self.learning_rate
        gradient /= np.sqrt(self.square) + self.epsilon
        return gradient


class RMSProp(Optimizer):
    """AdaGrad that forgets: s ← αs + (1 - α) g² (Hinton's Coursera lecture 6e, 2012). Parameters as for `Optimizer`.

    Parameters
    ----------
    memory : float
        α, the share of the old squares that is kept.
    """

    def __init__(self, parameters, learning_rate=0.01, memory=0.99, epsilon=1e-8):
        super().__init__(parameters, learning_rate)
        self.memory, self.epsilon, self.square = memory, epsilon, self._zeros()

    def _step(self, gradient):
        self.square *= self.memory
        self.square += (1 - self.memory) * gradient**2
        gradient *= self.learning_rate
        gradient /= np.sqrt(self.square) + self.epsilon
        return gradient


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
        self.mean, self.square, self.scratch = self._zeros(), self._zeros(), self._zeros()

    def _step(self, gradient):
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
        return np.multiply(scratch, rate * correction, out=gradient)


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
