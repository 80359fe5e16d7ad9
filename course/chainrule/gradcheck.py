"""Gradients by finite differences: slow, nearly exact, and independent of every derivation."""

import numpy as np


def numerical_gradient(function, x, step=1e-5):
    """Central differences, ∂f/∂x_i ≈ (f(x + h e_i) - f(x - h e_i)) / 2h, whose error shrinks like h².

    Parameters
    ----------
    function : callable
        `function(x)` returns a number.
    x : ndarray of float64, any shape
        Changed in place while it works and restored before it returns.
    step : float
        h. Near 1e-5 the error of the formula and the rounding of float64 are about equally small.

    Returns
    -------
    ndarray, the shape of x

    Raises
    ------
    TypeError
        If x is not a float64 array (in float32, rounding drowns the difference), or the function's value no number.
    """
    if not isinstance(x, np.ndarray) or x.dtype != np.float64:
        kind = f"an array of {x.dtype}" if isinstance(x, np.ndarray) else f"a {type(x).__name__}"
        raise TypeError(f"a gradient check needs an array of float64, not {kind}.")
    gradient = np.empty_like(x)
    for index in np.ndindex(x.shape):
        original = x[index]
        try:
            x[index] = original + step
            above = function(x)
            x[index] = original - step
            below = function(x)
        finally:
            x[index] = original
        if above is None or np.ndim(above):
            what = "None: does it end with return?" if above is None else f"an array {np.shape(above)}."
            raise TypeError(f"the function must return one number, such as a loss, not {what}")
        gradient[index] = (above - below) / (2 * step)
    return gradient


def relative_error(first, second):
    """‖first - second‖ / (‖first‖ + ‖second‖), and 0 if both are 0. Below 1e-7 in float64: the gradient is right.

    Raises
    ------
    ValueError
        If the shapes differ; the message names both.
    """
    first, second = np.asarray(first, float), np.asarray(second, float)  # in float32, squares below 1e-45 are 0
    if first.shape != second.shape:
        raise ValueError(f"cannot compare shapes {first.shape} and {second.shape}.")
    size = np.linalg.norm(first) + np.linalg.norm(second)
    return float(np.linalg.norm(first - second) / size) if size else 0.0
