"""The best multi-layer perceptron that NumPy alone trains: python -m benchmarks.capstone --help.

What is in it: two hidden layers of ReLUs with dropout, digits distorted anew each epoch (prepared by a second thread
while the first one learns), label smoothing, Adam with a warm-up and a cosine schedule, and at the end not the last
weights but their running mean.

Choices are made with `--validate`, which trains on the first 50,000 digits and measures on the other 10,000 of the
training set. Without it the network trains on all 60,000 and meets the test set once, at the very end.
"""

import dataclasses
import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from tqdm.auto import tqdm

from chainrule.augment import distort
from chainrule.data import load_mnist
from chainrule.losses import one_hot
from chainrule.network import MLP
from chainrule.optimizers import Adam, cosine

RESULTS = Path(__file__).parent / "results"
VALIDATION = 10_000  # the last digits of the training set, kept apart while choices are made


@dataclasses.dataclass(frozen=True)
class Recipe:
    """All that decides the result, apart from the seed."""

    hidden: tuple = (1000, 500)
    epochs: int = 40
    batch_size: int = 128
    learning_rate: float = 0.001
    dropout: float = 0.25
    smoothing: float = 0.05
    mean_memory: float = 0.998
    shift: float = 2.0
    rotate: float = 12.0
    scale: float = 0.12
    shear: float = 0.12
    elastic: float = 1.0
    smoothness: float = 4.0


def distorted_epoch(images, recipe, seed, epoch):
    """All images in random order, each distorted; the same for the same seed and epoch, also after a restart."""
    random = np.random.default_rng([seed, epoch])
    order = random.permutation(len(images))
    names = ("shift", "rotate", "scale", "shear", "elastic", "smoothness")
    amounts = {name: getattr(recipe, name) for name in names}
    result = np.empty_like(images)
    for start in range(0, len(images), 250):  # small enough for the processor's cache
        rows = order[start : start + 250]
        result[start : start + 250] = distort(images[rows], random, **amounts)
    return result, order, random


def save(path, arrays, notes):
    """Write a checkpoint so that it is there whole or not at all."""
    temporary = path.with_suffix(".part")
    with open(temporary, "wb") as file:
        np.savez(file, notes=json.dumps(notes), **{f"a{k}": array for k, array in enumerate(arrays)})
    temporary.replace(path)


def restore(path, arrays):
    """Read a checkpoint into the arrays; returns its notes."""
    with np.load(path) as saved:
        for k, array in enumerate(arrays):
            array[...] = saved[f"a{k}"]
        return json.loads(str(saved["notes"]))


def train(images, labels, recipe, seed, checkpoint=None, validation=None):
    """Train one network; returns it with its mean weights in place, and a history with an entry an epoch."""
    network = MLP((784, *recipe.hidden, 10), dropout=recipe.dropout, seed=seed)
    optimizer = Adam(network.parameters, recipe.learning_rate)
    means = [parameter.copy() for parameter in network.parameters]
    gradients = [np.empty_like(parameter) for parameter in network.parameters]
    targets = one_hot(labels) * (1 - recipe.smoothing) + np.float32(recipe.smoothing / 10)
    steps = -(-len(images) // recipe.batch_size)
    schedule = cosine(recipe.learning_rate, recipe.epochs * steps, warmup=steps)
    state = [*network.parameters, *optimizer.means, *optimizer.squares, *means]
    history = []
    if checkpoint and checkpoint.exists():
        history = restore(checkpoint, state)["history"]
        optimizer.steps = len(history) * steps
    bar = tqdm(total=recipe.epochs, initial=len(history), unit="epoch", desc=f"seed {seed}")
    with ThreadPoolExecutor(1) as second_thread:
        ahead = second_thread.submit(distorted_epoch, images, recipe, seed, len(history))
        for epoch in range(len(history), recipe.epochs):
            start = time.perf_counter()
            inputs, order, random = ahead.result()
            if epoch + 1 < recipe.epochs:
                ahead = second_thread.submit(distorted_epoch, images, recipe, seed, epoch + 1)
            losses = []
            for batch in range(0, len(images), recipe.batch_size):
                rows = slice(batch, batch + recipe.batch_size)
                optimizer.learning_rate = schedule(optimizer.steps + 1)
                loss, _ = network.loss_and_gradients(inputs[rows], targets[order[rows]], random, out=gradients)
                optimizer.step(gradients)
                losses.append(loss)
                if optimizer.steps % 10 == 0:  # each tenth step: the mean moves slowly anyway
                    memory = min(recipe.mean_memory, 1 - 10 / (10 + optimizer.steps)) ** 10
                    for mean, parameter in zip(means, network.parameters, strict=True):
                        mean += (1 - memory) * (parameter - mean)
            entry = {"loss": float(np.mean(losses)), "seconds": time.perf_counter() - start}
            if validation is not None:
                entry["validation_accuracy"] = with_means(network, means).accuracy(*validation)
            history.append(entry)
            bar.update()
            bar.set_postfix({key: f"{value:.4f}" for key, value in entry.items()})
            if checkpoint:
                save(checkpoint, state, {"history": history})
    bar.close()
    return with_means(network, means), history


def with_means(network, means):
    """A network like this one whose weights are the running means."""
    twin = MLP(network.sizes)
    for array, mean in zip(twin.parameters, means, strict=True):
        array[...] = mean
    return twin


app = typer.Typer(add_completion=False)


@app.command()
def main(
    seed: int = typer.Option(0, help="Of weights, dropout, order and distortions."),
    validate: bool = typer.Option(
        False, help="Hold 10,000 training digits back and measure on them, not on the test set."
    ),
    folder: Annotated[Path, typer.Option(help="Where checkpoints and results go.")] = RESULTS / "capstone",
    settings: str = typer.Option("{}", help="Changes to the recipe, as JSON: '{\"epochs\": 20}'."),
):
    """Train one network and say how well it reads."""
    try:
        recipe = dataclasses.replace(Recipe(), **json.loads(settings))
    except (TypeError, json.JSONDecodeError) as error:
        raise typer.BadParameter(f"--settings is not a change to the recipe: {error}") from None
    digits = load_mnist("full")
    kept = len(digits.train_labels) - VALIDATION if validate else len(digits.train_labels)
    images, labels = digits.train_images[:kept], digits.train_labels[:kept]
    held_out = (digits.train_images[kept:], digits.train_labels[kept:]) if validate else None
    folder.mkdir(parents=True, exist_ok=True)
    start = time.perf_counter()
    network, history = train(images, labels, recipe, seed, folder / f"seed-{seed}.npz", held_out)
    seconds = time.perf_counter() - start
    name, measured = ("validation", held_out) if validate else ("test", (digits.test_images, digits.test_labels))
    result = {"seed": seed, name: network.accuracy(*measured), "seconds": seconds, "recipe": dataclasses.asdict(recipe)}
    (folder / f"seed-{seed}-{name}.json").write_text(json.dumps({**result, "history": history}, indent=1))
    print(f"seed {seed}: {100 * result[name]:.2f} % {name} accuracy after {seconds:.0f} s")


if __name__ == "__main__":
    app()
