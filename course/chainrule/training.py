"""The training loop: mini-batches, a progress bar, a history, an evaluation each epoch."""

import math
from contextlib import ExitStack
from dataclasses import dataclass, field

import numpy as np
from threadpoolctl import ThreadpoolController
from tqdm.auto import tqdm

from chainrule.memory import side_by_side
from chainrule.optimizers import SGD, Optimizer

# NumPy shares a product among all cores. In small ones the threads wait for each other more than they work, on a busy
# machine ten times as long; so training has one thread unless all weights, times the samples in a batch, are this many.
MANY_THREADS_FROM = 10_000_000
BLAS = ThreadpoolController()


@dataclass
class History:
    """What happened, one entry an epoch.

    Attributes
    ----------
    loss : list of float
        Mean of the mini-batches' losses as they were met, with the L2 penalty if there is one.
    validation_loss, validation_accuracy : list of float
        After the epoch, on the validation data, without the penalty; empty where there is none, and the accuracy also
        where targets are no labels.
    batch_loss : list of float
        One entry an iteration.
    """

    loss: list = field(default_factory=list)
    validation_loss: list = field(default_factory=list)
    validation_accuracy: list = field(default_factory=list)
    batch_loss: list = field(default_factory=list, repr=False)


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
        `schedule(iteration)` gives the learning rate of an iteration, counted from 1. Afterwards the optimizer has the
        rate that it came with.
    validation : tuple (inputs, targets)
        Evaluated after each epoch; labels as targets give an accuracy, too.
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
        If inputs and targets differ in number or do not fit the network, a setting is out of its range, there is
        patience but no validation data, or the optimizer was made for another network.
    FloatingPointError
        If the loss or, in the last step, a weight becomes NaN or infinite: says when and what to try. The weights are
        then useless.
    """
    inputs, targets = _samples(network, inputs, targets)
    if validation is not None:
        if len(validation) != 2:
            raise ValueError("validation must be a pair, (inputs, targets).")
        labels = np.asarray(validation[1])
        validation = _samples(network, *validation, "validation ")
    optimizer = SGD(network.parameters, learning_rate) if optimizer is None else optimizer
    _check_settings(network, optimizer, schedule, validation, epochs, batch_size, patience)
    random, history, iteration, highest_rate = np.random.default_rng(seed), History(), 0, 0.0
    # One's own optimizer may keep the gradients that it is given, so it gets new arrays at each step.
    ours = getattr(type(optimizer), "step", None) is Optimizer.step
    rows = min(batch_size, len(inputs))
    (images,), (answers,) = (side_by_side([(rows, *array.shape[1:])], array.dtype)[1] for array in (inputs, targets))
    # Without the rate there is room for the bar itself beside loss and accuracy.
    shown = "{l_bar}{bar}| {n_fmt}/{total_fmt} [{elapsed}<{remaining}{postfix}]"
    bar = tqdm(total=epochs, desc="training", unit="epoch", disable=not progress, bar_format=shown)
    # Diverging training overflows before it reaches NaN; one sentence from us says it better than NumPy's warnings.
    threads = 1 if rows * sum(weights.size for weights in network.weights) < MANY_THREADS_FROM else None
    with bar, BLAS.limit(limits=threads), np.errstate(over="ignore", invalid="ignore"), ExitStack() as at_the_end:
        # The optimizer gets its own rate back in place of the schedule's last one; after an interruption, too.
        at_the_end.callback(setattr, optimizer, "learning_rate", optimizer.learning_rate)
        for epoch in range(epochs):
            losses = []
            for batch in minibatches(len(inputs), batch_size, random):
                iteration += 1
                if schedule:
                    optimizer.learning_rate = _scheduled(schedule, iteration)
                # `inputs[batch]` into memory that is there already; "clip" spares a copy, and no index needs clipping.
                x = inputs.take(batch, axis=0, out=images[: len(batch)], mode="clip")
                y = targets.take(batch, axis=0, out=answers[: len(batch)], mode="clip")
                x = augment(x, random) if augment else x
                highest_rate = max(highest_rate, optimizer.learning_rate)
                out, *factor = (optimizer.gradients, optimizer.factor) if ours else [None]
                loss, gradients = network.loss_and_gradients(x, y, random, out, *factor)
                if not math.isfinite(loss):
                    what = f"the loss became {loss} at step {iteration} (epoch {epoch + 1})"
                    raise _diverged(what, x, y, highest_rate)
                optimizer.step(gradients, *factor)
                losses.append(loss)
            history.batch_loss += losses
            history.loss.append(float(np.mean(losses)))
            if validation is not None:
                _validate(network, *validation, labels, history, highest_rate)
            bar.update()
            last = {"loss": history.loss, "accuracy": history.validation_accuracy}
            bar.set_postfix({name: values[-1] for name, values in last.items() if values})
            if patience is not None:
                best = int(np.argmin(history.validation_loss))
                if best == epoch:
                    best_state = [array.copy() for array in network.state]
                elif epoch - best >= patience:
                    break
        bar.total = bar.n  # a bar that ends early on purpose is no failure
    if patience is not None:
        for array, best_array in zip(network.state, best_state, strict=True):
            array[...] = best_array
    if not all(np.isfinite(parameter).all() for parameter in network.parameters):  # no loss came after the last step
        raise _diverged("a weight became NaN or infinite in the last step", inputs, targets, highest_rate)
    return history


def _samples(network, inputs, targets, kind=""):
    """Inputs and targets as arrays that the network can learn from, or a ValueError that says what is wrong."""
    inputs, targets = np.asarray(inputs), np.asarray(targets)
    if len(inputs) != len(targets):
        raise ValueError(f"{len(inputs)} {kind}inputs but {len(targets)} targets; each sample needs one of each.")
    if not len(inputs):
        raise ValueError(f"there is no {kind}sample.")
    if inputs.dtype == np.uint8 and inputs.max() > 1:
        raise ValueError(
            f"the {kind}inputs are bytes up to {inputs.max()}: divide them by 255, so that they lie in 0..1."
        )
    return inputs, network.prepare_targets(targets)


def _check_settings(network, optimizer, schedule, validation, epochs, batch_size, patience):
    """Raise a ValueError unless training can be done so."""
    if patience is not None and validation is None:
        raise ValueError("early stopping needs validation data: give validation=(inputs, labels).")
    whole = {"epochs": epochs, "batch_size": batch_size} | ({} if patience is None else {"patience": patience})
    for name, number in whole.items():
        if not (isinstance(number, int | np.integer) and number >= 1):
            raise ValueError(f"{name} must be a whole number, 1 or more, not {number}.")
    if schedule is not None and not callable(schedule):
        raise ValueError(f"schedule must be a function of the iteration, such as cosine(0.1, 1000), not {schedule!r}.")
    if not (hasattr(optimizer, "step") and hasattr(optimizer, "learning_rate")):
        raise ValueError(f"optimizer must be one such as Adam(network.parameters), not {optimizer!r}.")
    if not optimizer.learning_rate >= 0:
        raise ValueError(f"the learning rate must be 0 or more, not {optimizer.learning_rate}.")
    if [*map(id, getattr(optimizer, "parameters", network.parameters))] != [*map(id, network.parameters)]:
        raise ValueError("the optimizer holds another network's weights: make it anew, from this network's parameters.")


def _validate(network, inputs, targets, labels, history, highest_rate):
    """Write the validation data's loss into the history and, if they have labels, the accuracy."""
    loss = network.loss(inputs, targets)
    if not math.isfinite(loss):
        what = f"the validation loss became {loss} after epoch {len(history.loss)}"
        raise _diverged(what, inputs, targets, highest_rate)
    history.validation_loss.append(loss)
    # A single output may also be taught whole numbers that are no labels.
    if labels.ndim == 1 and labels.dtype.kind in "iu" and (network.sizes[-1] > 1 or np.isin(labels, (0, 1)).all()):
        history.validation_accuracy.append(network.accuracy(inputs, labels))


def _scheduled(schedule, iteration):
    """The learning rate of an iteration, or a ValueError if it is none."""
    rate = schedule(iteration)
    if rate is None or np.ndim(rate) or not rate >= 0:
        raise ValueError(f"the schedule's rate at iteration {iteration} is {rate}; it must be a number, 0 or more.")
    return rate


def _diverged(what, inputs, targets, highest_rate):
    """The error that says what became infinite, and why."""
    for name, array in (("inputs", inputs), ("targets", targets)):
        if not np.isfinite(array).all():
            return FloatingPointError(f"{what}: there is a NaN or an infinity in the {name}.")
    return FloatingPointError(
        f"{what}: training diverged. Try a learning rate below {highest_rate:g}, or inputs scaled to 0..1."
    )
