"""The training loop: mini-batches, a progress bar, a history, an evaluation each epoch."""

import math
from dataclasses import dataclass, field

import numpy as np
from tqdm.auto import tqdm

from chainrule.losses import one_hot
from chainrule.optimizers import SGD, Optimizer


@dataclass
class History:
    """What happened, one entry an epoch.

    Attributes
    ----------
    loss : list of float
        Mean of the mini-batches' losses as they were met.
    validation_loss, validation_accuracy : list of float
        After the epoch, on the validation data; empty where there is none.
    batch_loss : list of float
        One entry an iteration.
    """

    loss: list = field(default_factory=list)
    validation_loss: list = field(default_factory=list)
    validation_accuracy: list = field(default_factory=list)
    batch_loss: list = field(default_factory=list)


def minibatches(samples, batch_size, random):
    """Index arrays that cover all samples once, in random order; the last may be shorter.

    Parameters
    ----------
    samples, batch_size : int
    random : numpy.random.Generator

    Raises
    ------
    ValueError
        If there is no sample or the batch size is below 1.
    """
    if samples < 1 or batch_size < 1:
        raise ValueError(f"need at least one sample and a batch size of 1, not {samples} and {batch_size}.")
    order = random.permutation(samples)
    return [order[start : start + batch_size] for start in range(0, samples, batch_size)]


def train(
    network,
    inputs,
    targets,
    *,
    epochs=10,
    batch_size=32,
    learning_rate=0.1,
    optimizer=None,
    schedule=None,
    validation=None,
    patience=None,
    augment=None,
    seed=0,
    progress=True,
):
    """Train a network in place by mini-batch gradient descent.

    Parameters
    ----------
    network : MLP
    inputs : ndarray, shape (N, n)
    targets : ndarray, shape (N, m), or int labels of shape (N,)
    epochs, batch_size : int
    learning_rate : float
        For plain SGD; unused if an optimizer is given.
    optimizer : object with `step(gradients)` and `learning_rate`
    schedule : callable
        `schedule(iteration)` gives the learning rate of an iteration, counted from 1.
    validation : tuple (inputs, labels)
        Evaluated after each epoch.
    patience : int
        Early stopping: end when the validation loss has not fallen for so many epochs, and go back to its best weights.
    augment : callable
        `augment(inputs, random)` changes each batch of inputs before it is learnt from.
    seed : int
        Of shuffling, dropout and augmentation: the same seed on the same machine gives the same weights, bit for bit.
    progress : bool
        Show a progress bar.

    Returns
    -------
    History

    Raises
    ------
    ValueError
        If inputs and targets differ in number, a number is out of its range, there is patience but no validation data,
        or the optimizer was made for another network.
    FloatingPointError
        If the loss or, in the last step, a weight becomes NaN or infinite: says when and what to try. The weights are
        then useless.
    """
    inputs, targets = np.asarray(inputs), np.asarray(targets)
    if len(inputs) != len(targets):
        raise ValueError(f"{len(inputs)} inputs but {len(targets)} targets; each sample needs one of each.")
    if patience is not None and validation is None:
        raise ValueError("early stopping needs validation data: give validation=(inputs, labels).")
    for name, number in (("epochs", epochs), ("batch_size", batch_size), ("patience", patience)):
        if number is not None and not (isinstance(number, int | np.integer) and number >= 1):
            raise ValueError(f"{name} must be a whole number, 1 or more, not {number}.")
    optimizer = optimizer or SGD(network.parameters, learning_rate)
    if not optimizer.learning_rate >= 0:
        raise ValueError(f"the learning rate must be 0 or more, not {optimizer.learning_rate}.")
    if [*map(id, getattr(optimizer, "parameters", network.parameters))] != [*map(id, network.parameters)]:
        raise ValueError("the optimizer holds another network's weights: make it anew, from this network's parameters.")
    random, history, iteration = np.random.default_rng(seed), History(), 0
    if targets.ndim == 1:
        targets = one_hot(targets, network.sizes[-1], network.weights[0].dtype)  # once, not once a batch
    gradients = optimizer.gradients if isinstance(optimizer, Optimizer) else None  # None: made at the first step
    rows = min(batch_size, len(inputs))
    images, answers = (np.empty((rows, *array.shape[1:]), array.dtype) for array in (inputs, targets))
    # Without the rate there is room for the bar itself beside loss and accuracy.
    shown = "{l_bar}{bar}| {n_fmt}/{total_fmt} [{elapsed}<{remaining}{postfix}]"
    bar = tqdm(range(epochs), desc="training", unit="epoch", disable=not progress, bar_format=shown)
    # Diverging training overflows before it reaches NaN; one sentence from us says it better than NumPy's warnings.
    with np.errstate(over="ignore", invalid="ignore"):
        for epoch in bar:
            losses = []
            for batch in minibatches(len(inputs), batch_size, random):
                iteration += 1
                if schedule:
                    optimizer.learning_rate = schedule(iteration)
                # `inputs[batch]` into memory that is there already; "clip" spares a copy, and no index needs clipping.
                x = inputs.take(batch, axis=0, out=images[: len(batch)], mode="clip")
                y = targets.take(batch, axis=0, out=answers[: len(batch)], mode="clip")
                x = augment(x, random) if augment else x
                loss, gradients = network.loss_and_gradients(x, y, random, out=gradients)
                if not math.isfinite(loss):
                    bar.close()
                    raise _diverged(f"the loss became {loss} at step {iteration} (epoch {epoch + 1})", x, optimizer)
                optimizer.step(gradients)
                losses.append(loss)
            history.batch_loss += losses
            history.loss.append(float(np.mean(losses)))
            if validation is not None:
                loss = network.loss(*validation)
                if not math.isfinite(loss):
                    bar.close()
                    raise _diverged(
                        f"the validation loss became {loss} after epoch {epoch + 1}", validation[0], optimizer
                    )
                history.validation_loss.append(loss)
                history.validation_accuracy.append(network.accuracy(*validation))
                bar.set_postfix(loss=history.loss[-1], accuracy=history.validation_accuracy[-1])
            else:
                bar.set_postfix(loss=history.loss[-1])
            if patience is not None:
                best = int(np.argmin(history.validation_loss))
                if best == epoch:
                    best_state = [array.copy() for array in network.state]
                elif epoch - best >= patience:
                    break
    if patience is not None:
        for array, best_array in zip(network.state, best_state, strict=True):
            array[...] = best_array
    if not all(np.isfinite(parameter).all() for parameter in network.parameters):  # no loss came after the last step
        raise _diverged("a weight became NaN or infinite in the last step", inputs, optimizer)
    return history


def _diverged(what, inputs, optimizer):
    """The error that says what became infinite, and why."""
    if not np.isfinite(inputs).all():
        return FloatingPointError(f"{what}: there is a NaN or an infinity in the inputs.")
    return FloatingPointError(
        f"{what}: training diverged. Try a learning rate below {optimizer.learning_rate:g}, or inputs scaled to 0..1."
    )
