"""Losses and their gradients. Each gives J, the mean over the R samples of a batch, and ∂J/∂(its first argument)."""

import numpy as np

from chainrule.layers import floating, sigmoid, softmax


def one_hot(labels, classes=10, dtype=np.float32):
    """Rows of the identity: label 3 of 10 becomes [0 0 0 1 0 0 0 0 0 0].

    Parameters
    ----------
    labels : array of int, shape (R,)
        Each in 0 .. classes - 1.

    Returns
    -------
    ndarray, shape (R, classes)

    Raises
    ------
    ValueError
        If a label lies outside 0 .. classes - 1, or is not an integer.
    """
    labels = check_labels(labels, classes)
    return np.eye(classes, dtype=dtype)[labels]


def check_labels(labels, classes):
    """The labels as an integer array of shape (R,), or a ValueError that names the first one that does not fit."""
    labels = np.asarray(labels)
    if labels.ndim != 1 or not np.issubdtype(labels.dtype, np.integer):
        raise ValueError(f"labels must be integers of shape (R,), not {labels.dtype} of shape {labels.shape}.")
    outside = (labels < 0) | (labels >= classes)
    if outside.any():
        where = int(np.argmax(outside))
        raise ValueError(f"label {labels[where]} at position {where} is outside 0..{classes - 1}.")
    return labels


def same_shape(first, second, names):
    """Raise a ValueError that names both shapes unless they are equal: (R,) against (R, 1) would broadcast silently."""
    shape, other = np.asarray(first).shape, np.asarray(second).shape
    if shape != other:
        raise ValueError(f"{names[0]} have shape {shape} and {names[1]} {other}; they must be equal.")


def rows_of_logits(logits, targets):
    """The logits as floats, or a ValueError unless they and the targets have the same shape (R, m)."""
    same_shape(logits, targets, ("logits", "targets"))
    logits = floating(logits)
    if logits.ndim != 2:
        raise ValueError(f"logits have shape {logits.shape}; they must be (R, m), a sample a row.")
    return logits


def squared_loss(predictions, targets):
    """J = mean over samples of ½ ‖ŷ - y‖². Both arguments have shape (R, m)."""
    same_shape(predictions, targets, ("predictions", "targets"))
    return 0.5 * np.sum((floating(predictions) - targets) ** 2) / len(predictions)


def squared_loss_backward(predictions, targets):
    """∂J/∂ŷ = (ŷ - y) / R, shape (R, m)."""
    same_shape(predictions, targets, ("predictions", "targets"))
    return (floating(predictions) - targets) / len(predictions)


def sigmoid_cross_entropy(logits, targets):
    """J = mean over samples of Σ -y log σ(z) - (1 - y) log(1 - σ(z)), from the logits z, so that no logarithm meets 0.

    Parameters
    ----------
    logits, targets : ndarray, shape (R, m)
        Targets are 0 or 1 (or probabilities).
    """
    same_shape(logits, targets, ("logits", "targets"))
    return np.sum(np.logaddexp(0, logits) - targets * logits) / len(logits)


def sigmoid_cross_entropy_backward(logits, targets):
    """∂J/∂z = (σ(z) - y) / R, shape (R, m)."""
    same_shape(logits, targets, ("logits", "targets"))
    return (sigmoid(logits) - targets) / len(logits)


def log_sum_exp(logits):
    """log Σ_k e^z_k along the last axis, shape (R, 1), safe for logits of any size."""
    logits = floating(logits)
    largest = np.max(logits, axis=-1, keepdims=True)
    return largest + np.log(np.sum(np.exp(logits - largest), axis=-1, keepdims=True))


def softmax_cross_entropy(logits, targets):
    """J = mean over samples of -Σ y_k log p_k with p = softmax(z), computed as log Σ e^z - z, never as log(p).

    Parameters
    ----------
    logits, targets : ndarray, shape (R, m)
        The rows of targets sum to 1 (one-hot, or smoothed).

    Raises
    ------
    ValueError
        If the shapes differ or are not (R, m): a single sample is a row, too.
    """
    logits = rows_of_logits(logits, targets)
    return np.sum(targets * (log_sum_exp(logits) - logits)) / len(logits)


def softmax_cross_entropy_backward(logits, targets):
    """∂J/∂z = (p - y) / R, shape (R, m): the softmax's Jacobian and the logarithm cancel (lesson 07)."""
    logits = rows_of_logits(logits, targets)
    return (softmax(logits) - targets) / len(logits)


def softmax_cross_entropy_and_gradient(logits, targets):
    """J and ∂J/∂z in one go: both need e^z, which is computed once. Arguments as for `softmax_cross_entropy`."""
    # With a sample a column NumPy takes maxima and sums of all samples at once, several times faster than row by row.
    p, targets = rows_of_logits(logits, targets).T.copy(), targets.T.copy()
    p -= np.maximum.reduce(p, axis=0)
    loss = -np.vdot(targets, p)
    np.exp(p, out=p)
    sums = np.add.reduce(p, axis=0)
    loss += np.add.reduce(np.log(sums))
    p /= sums
    p -= targets
    p /= len(sums)
    return loss / len(sums), p.T


def entropy(p):
    """H(p) = -Σ p log p in nats, along the last axis, with 0 log 0 = 0."""
    p = np.asarray(p, dtype=float)
    return -np.sum(p * np.log(np.where(p > 0, p, 1)), axis=-1)


def cross_entropy(p, q):
    """H(p, q) = -Σ p log q in nats, along the last axis; infinite where q is 0 and p is not."""
    p, q = np.asarray(p, dtype=float), np.asarray(q, dtype=float)
    with np.errstate(divide="ignore"):
        return -np.sum(np.where(p == 0, 0, p * np.log(np.where(p == 0, 1, q))), axis=-1)


def kl_divergence(p, q):
    """D(p‖q) = H(p, q) - H(p), in nats: how many nats too many a code for q spends on p."""
    return cross_entropy(p, q) - entropy(p)
