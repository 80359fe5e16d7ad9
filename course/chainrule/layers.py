"""Layers as pairs of plain functions: what goes forward, and how a gradient comes back.

Rows are samples. A batch `inputs` is (R, n), `weights` is (n, m), `biases` is (m,), and the pre-activations
`inputs @ weights + biases` are (R, m). A backward function takes the gradient of the mean loss J with respect to
what its forward twin returned, and gives the gradient with respect to what that twin was given.
"""

from typing import NamedTuple

import numpy as np


def floating(array):
    """The array itself if it holds floats, else as float64: -1 has no place in bytes, where it wraps around to 255."""
    array = np.asarray(array)
    return array if array.dtype.kind == "f" else array.astype(float)


def linear(inputs, weights, biases):
    """Pre-activations of a fully connected layer, Z = X W + b.

    Parameters
    ----------
    inputs : ndarray, shape (R, n)
    weights : ndarray, shape (n, m)
    biases : ndarray, shape (m,)

    Returns
    -------
    ndarray, shape (R, m)

    Raises
    ------
    ValueError
        If the shapes do not fit; the message names both.
    """
    inputs, weights, biases = np.asarray(inputs), np.asarray(weights), np.asarray(biases)
    if weights.ndim != 2 or inputs.shape[1:] != weights.shape[:1]:
        raise ValueError(
            f"inputs have shape {inputs.shape} and weights {weights.shape}; they must be (R, n) and (n, m)."
        )
    if biases.shape != weights.shape[1:]:
        raise ValueError(f"biases have shape {biases.shape} and weights {weights.shape}; biases must be (m,).")
    z = inputs @ weights
    return np.add(z, biases, out=z if z.dtype == biases.dtype else None)  # no second array where one is enough


def linear_backward(gradient, inputs, weights):
    """Gradients of a fully connected layer (the equations of backpropagation 2 to 4, lesson 06).

    Parameters
    ----------
    gradient : ndarray, shape (R, m)
        δ = ∂J/∂Z.
    inputs : ndarray, shape (R, n)
    weights : ndarray, shape (n, m)

    Returns
    -------
    input_gradient : ndarray, shape (R, n)
    weight_gradient : ndarray, shape (n, m)
    bias_gradient : ndarray, shape (m,)

    Raises
    ------
    ValueError
        If the shapes do not fit; the message names all three.
    """
    fitting = inputs.ndim == weights.ndim == 2 and inputs.shape[1] == weights.shape[0]
    if not fitting or gradient.shape != (inputs.shape[0], weights.shape[1]):
        raise ValueError(
            f"the gradient has shape {gradient.shape}, inputs {inputs.shape} and weights {weights.shape}; "
            "they must be (R, m), (R, n) and (n, m)."
        )
    return gradient @ weights.T, inputs.T @ gradient, gradient.sum(axis=0)


def step(z):
    """1 where z >= 0, else 0. Its derivative is 0 wherever it exists: nothing to learn from (lesson 03)."""
    return (np.asarray(z) >= 0).astype(float)


def identity(z):
    """The linear activation, f(z) = z."""
    return z


def identity_backward(gradient, z):
    """f'(z) = 1: the gradient passes unchanged."""
    return gradient


def sigmoid(z):
    """σ(z) = 1 / (1 + e^-z), written so that e is never raised to a large positive number."""
    z = floating(z)
    decay = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, decay) / (1 + decay)


def sigmoid_backward(gradient, z):
    """σ'(z) = σ(z) (1 - σ(z)) times the gradient; shapes as z."""
    a = sigmoid(z)
    return gradient * a * (1 - a)


def tanh(z):
    """Hyperbolic tangent, a sigmoid stretched to run from -1 to 1."""
    return np.tanh(z)


def tanh_backward(gradient, z):
    """tanh'(z) = 1 - tanh²(z) times the gradient."""
    return gradient * (1 - np.tanh(z) ** 2)


def relu(z):
    """max(0, z), the rectified linear unit."""
    z = np.asarray(z)
    return np.maximum(z, np.zeros(z.shape[-1:], z.dtype))  # NumPy is faster with a row of zeros than with a number


def relu_backward(gradient, z):
    """The gradient where z > 0, else 0 (at the kink, where no derivative exists, we choose 0)."""
    return gradient * (z > 0)


def leaky_relu(z, slope=0.01):
    """z where z > 0, else slope * z, so that a unit never falls quite silent (Maas et al., 2013)."""
    return np.where(z > 0, z, slope * z)


def leaky_relu_backward(gradient, z, slope=0.01):
    """The gradient where z > 0, else slope times it."""
    return np.where(z > 0, gradient, slope * gradient)


def softplus(z):
    """log(1 + e^z), a ReLU with a rounded corner; computed so that it never overflows."""
    return np.logaddexp(z, 0)


def softplus_backward(gradient, z):
    """softplus'(z) = σ(z) times the gradient."""
    return gradient * sigmoid(z)


def softmax(logits):
    """Probabilities e^z_k / Σ_j e^z_j along the last axis; the largest logit is subtracted first, which changes nothing
    but keeps e from overflowing.
    """
    logits = floating(logits)
    exponentials = np.exp(logits - np.max(logits, axis=-1, keepdims=True))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


def softmax_backward(gradient, logits):
    """Gradient through the softmax: the Jacobian diag(p) - p pᵀ times the gradient, row by row (lesson 07)."""
    p = softmax(logits)
    return p * (gradient - (gradient * p).sum(axis=-1, keepdims=True))


def dropout(inputs, rate, random):
    """Silence each unit with probability `rate` and scale the others up to keep the mean (Srivastava et al., 2014).

    Parameters
    ----------
    inputs : ndarray, shape (R, n)
    rate : float
        In 0..1, below 1.
    random : numpy.random.Generator

    Returns
    -------
    outputs : ndarray, shape (R, n)
    mask : ndarray, shape (R, n)
        What the inputs were multiplied by: 0 or 1 / (1 - rate).

    Raises
    ------
    ValueError
        If the rate is below 0, or 1 or more.
    """
    if not 0 <= rate < 1:
        raise ValueError(f"dropout must be at least 0 and below 1, not {rate}.")
    inputs = floating(inputs)
    mask = (random.random(inputs.shape, dtype=np.float32) >= rate) / inputs.dtype.type(1 - rate)
    return inputs * mask, mask


def dropout_backward(gradient, mask):
    """The gradient passes where the input did, scaled alike."""
    return gradient * mask


def batch_norm(inputs, scale, shift, mean=None, variance=None, epsilon=1e-5):
    """Give each unit mean 0 and variance 1 over the batch, then its own scale and shift (Ioffe and Szegedy, 2015).

    Parameters
    ----------
    inputs : ndarray, shape (R, n)
    scale, shift : ndarray, shape (n,)
    mean, variance : ndarray, shape (n,), optional
        To use in place of the batch's own: the running ones, when the network is asked and not trained.
    epsilon : float
        Added to the variance, against a division by 0.

    Returns
    -------
    outputs : ndarray, shape (R, n)
    cache : tuple
        For `batch_norm_backward`: the normalised inputs, the standard deviation, the scale.
    """
    mean = inputs.mean(axis=0) if mean is None else mean
    variance = inputs.var(axis=0) if variance is None else variance
    deviation = np.sqrt(variance + epsilon)
    normalised = (inputs - mean) / deviation
    return normalised * scale + shift, (normalised, deviation, scale)


def batch_norm_backward(gradient, cache):
    """Gradients of `batch_norm` with the batch's own mean and variance, on which each sample depends.

    Returns
    -------
    input_gradient : ndarray, shape (R, n)
    scale_gradient, shift_gradient : ndarray, shape (n,)
    """
    normalised, deviation, scale = cache
    scale_gradient, shift_gradient = (gradient * normalised).sum(axis=0), gradient.sum(axis=0)
    centred = gradient - (shift_gradient + normalised * scale_gradient) / len(gradient)
    return centred * scale / deviation, scale_gradient, shift_gradient


class Activation(NamedTuple):
    """An activation and its backward twin: `function(z)` and `backward(gradient, z)`."""

    function: callable
    backward: callable


ACTIVATIONS = {
    "linear": Activation(identity, identity_backward),
    "sigmoid": Activation(sigmoid, sigmoid_backward),
    "tanh": Activation(tanh, tanh_backward),
    "relu": Activation(relu, relu_backward),
    "leaky_relu": Activation(leaky_relu, leaky_relu_backward),
    "softplus": Activation(softplus, softplus_backward),
    "softmax": Activation(softmax, softmax_backward),
}
