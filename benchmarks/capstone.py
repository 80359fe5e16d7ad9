"""The best multi-layer perceptron that NumPy alone trains: python -m benchmarks.capstone --help.

What is in it: two hidden layers of ReLUs, digits distorted anew each epoch (prepared by a second thread while the first
one learns), label smoothing, Adam with a warm-up and a cosine schedule, and at the end not the last weights but their
running mean. Dropout is there to be tried; beside the distortions it only slowed the learning down.

Choices are made with `train --validate`, which trains on the first 50,000 digits and measures on the other 10,000 of
the training set; `trials` does so for those that lesson 12 tells of. Without `--validate` the network trains on all
60,000 and meets the test set once, at the very end. `report` sums up the seeds of the five-minute recipe; `record`
spends half an hour: on two networks that learn three times as long; on four that learn twice as long, two of them
from digits without slant, so that they err elsewhere; or on six that read upright digits and see those more often that
they misread. `parts` leaves out each part of this last plan in turn.
"""

import copy
import dataclasses
import json
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from threadpoolctl import threadpool_limits
from tqdm.auto import tqdm

from benchmarks.capstone_summary import summarise, vote
from benchmarks.machine import RESULTS, table, write
from chainrule.augment import distort, upright
from chainrule.data import load_mnist
from chainrule.losses import one_hot
from chainrule.network import MLP
from chainrule.optimizers import Adam, cosine

COMMAND = (
    "for seed in 0 1 2; do python -m benchmarks.capstone train --seed $seed; done; python -m benchmarks.capstone report"
)
VALIDATION = 10_000  # the last digits of the training set, kept apart while choices are made


@dataclasses.dataclass(frozen=True)
class Recipe:
    """All that decides the result, apart from the seed."""

    hidden: tuple = (1000, 500)
    epochs: int = 58
    batch_size: int = 256
    learning_rate: float = 0.0015
    dropout: float = 0.0
    smoothing: float = 0.05
    mean_memory: float = 0.998
    shift: float = 1.0
    rotate: float = 12.0
    scale: float = 0.12
    shear: float = 0.12
    elastic: float = 1.0
    smoothness: float = 4.0
    upright: bool = False
    batch_norm: bool = False
    attention: float = 0.0  # the share of an epoch that is dealt out by how badly each digit was read
    contrast: float = 1.0  # the largest factor that sharpens the strokes, whose edges every distortion blurs
    calm: float = 1.0  # what is left of the distortions at the end; they weaken over the last third of the epochs

    def __post_init__(self):
        for field in dataclasses.fields(self):
            value, kind = getattr(self, field.name), type(field.default)
            if not isinstance(value, {float: (int, float), tuple: (list, tuple)}.get(kind, kind)):
                raise TypeError(f"{field.name} is like {field.default!r}, not {value!r}.")
        if min(self.epochs, self.batch_size) < 1 or not (0 <= self.dropout < 1 and 0 <= self.attention <= 1):
            raise ValueError("epochs and batch_size are 1 or more, dropout is in [0, 1), attention in [0, 1].")
        if self.contrast < 1 or not 0 <= self.calm <= 1:
            raise ValueError("contrast is 1 or more, and calm is in [0, 1].")


ATTENTION = Recipe(epochs=85, upright=True, batch_norm=True, attention=0.5, contrast=2.0, calm=0.5)
LONG_RUNS = {  # for each plan a recipe a seed, and how many networks learn at once
    "patience": ([Recipe(epochs=175)] * 2, 1),
    "votes": ([Recipe(epochs=120, upright=seed < 2) for seed in range(4)], 2),
    "attention": ([ATTENTION] * 6, 2),
}
Plan = StrEnum("Plan", list(LONG_RUNS))  # for the command line
TRIALS = {  # what the recipe was chosen from, and a larger network, in the words of lesson 12
    "dropout of a quarter": Recipe(epochs=30, dropout=0.25),
    "no dropout": Recipe(epochs=30),
    "no dropout, twice the epochs": Recipe(epochs=60),
    "the same, bent half as much again, turned and slanted a little less": Recipe(
        epochs=60, elastic=1.5, rotate=10.0, shear=0.1
    ),
    "no dropout, three hidden layers: 1500, 1000, 500": Recipe(hidden=(1500, 1000, 500), epochs=30),
}
PARTS = {  # what the recipe of `attention` owes to each of its parts: the change that leaves it out
    "the whole recipe": {},
    "digits as they were written, not upright": {"upright": False},
    "each digit once an epoch, however it is read": {"attention": 0.0},
    "no batch normalisation": {"batch_norm": False},
    "strokes not sharpened": {"contrast": 1.0},
    "full distortions to the end": {"calm": 1.0},
}
BLOCK = 250  # images that are worked on at a time: few enough for the processor's cache


class Watched(MLP):
    """A network that keeps δ of the last batch: how far each output was from its target, over the batch's size."""

    def _loss_and_delta(self, logits, targets):
        loss, self.delta = super()._loss_and_delta(logits, targets)
        return loss, self.delta


def drawn(random, errors, attention):
    """Which images an epoch shows, in random order: each once, or, with attention, by their errors."""
    if attention == 0:
        return random.permutation(len(errors))
    share = 1 - attention + attention * errors / errors.mean()  # how often each should come; on average once
    marks = np.cumsum(share)
    chosen = np.searchsorted(marks / marks[-1] * len(errors), random.random() + np.arange(len(errors)))
    return random.permutation(np.minimum(chosen, len(errors) - 1))


def distorted_epoch(images, recipe, seed, epoch, errors):
    """Images in random order, each distorted; the same for the same seed, epoch and errors, also after a restart."""
    random = np.random.default_rng([seed, epoch])
    order = drawn(random, errors, recipe.attention)
    strength = 1 - (1 - recipe.calm) * max(0, 3 * epoch / recipe.epochs - 2)
    names = ("shift", "rotate", "scale", "shear", "elastic")
    amounts = {name: strength * getattr(recipe, name) for name in names} | {"smoothness": recipe.smoothness}
    result = np.empty_like(images)
    for start in range(0, len(images), BLOCK):
        rows = order[start : start + BLOCK]
        block = distort(images[rows], random, **amounts)
        if recipe.contrast > 1:
            factor = random.uniform(1, recipe.contrast, (len(block), 1)).astype(block.dtype)
            block = np.clip(0.5 + factor * (block - 0.5), 0, 1)
        result[start : start + BLOCK] = block
    return result, order, random


def save(path, arrays, notes):
    """Write a checkpoint so that it is there whole or not at all."""
    temporary = path.with_suffix(".part")
    with open(temporary, "wb") as file:
        np.savez(file, notes=json.dumps(notes), **{f"a{k}": array for k, array in enumerate(arrays)})
    temporary.replace(path)


def restore(path, arrays, recipe):
    """Read a checkpoint of this recipe into the arrays; returns its history."""
    with np.load(path) as saved:
        notes = json.loads(str(saved["notes"]))
        if notes.get("recipe") != recipe or len(saved.files) != len(arrays) + 1:  # older ones hold more arrays
            raise typer.BadParameter(
                f"{path} was trained with other settings or older code; give another --folder, or remove the file to "
                "start again."
            )
        for k, array in enumerate(arrays):
            array[...] = saved[f"a{k}"]
        return notes["history"]


def train(images, labels, recipe, seed, checkpoint=None, validation=None, line=0):
    """Train one network; returns it with its mean weights in place, and a history with an entry an epoch.

    The progress bar stands on that line of the terminal, since two may be at work.
    """
    network = Watched((784, *recipe.hidden, 10), dropout=recipe.dropout, batch_norm=recipe.batch_norm, seed=seed)
    optimizer = Adam(network.parameters, recipe.learning_rate)
    means = [parameter.copy() for parameter in network.parameters]
    targets = one_hot(labels) * (1 - recipe.smoothing) + np.float32(recipe.smoothing / 10)
    steps = -(-len(images) // recipe.batch_size)
    schedule = cosine(recipe.learning_rate, recipe.epochs * steps, warmup=steps)
    errors = np.ones(len(images), np.float32)  # of each image, a running mean over the times that it was shown
    before = errors.copy()  # as they were when the next epoch was drawn
    state = [*network.state, optimizer.mean, optimizer.square, *means, errors, before]
    history, settings = [], json.loads(json.dumps(dataclasses.asdict(recipe)))
    if checkpoint and checkpoint.exists():
        history = restore(checkpoint, state, settings)
        optimizer.steps = len(history) * steps
    bar = tqdm(total=recipe.epochs, initial=len(history), unit="epoch", desc=f"seed {seed}", position=line)
    # One thread multiplies matrices and the second one distorts: on two cores that is faster than sharing both.
    with threadpool_limits(1), ThreadPoolExecutor(1) as second_thread:
        ahead = second_thread.submit(distorted_epoch, images, recipe, seed, len(history), before)
        for epoch in range(len(history), recipe.epochs):
            start = time.perf_counter()
            inputs, order, random = ahead.result()
            before[...] = errors
            if epoch + 1 < recipe.epochs:
                ahead = second_thread.submit(distorted_epoch, images, recipe, seed, epoch + 1, before)
            losses = []
            for batch in range(0, len(images), recipe.batch_size):
                rows = slice(batch, batch + recipe.batch_size)
                optimizer.learning_rate = schedule(optimizer.steps + 1)
                y = targets[order[rows]]
                loss, gradients = network.loss_and_gradients(inputs[rows], y, random, out=optimizer.gradients)
                optimizer.step(gradients)
                losses.append(loss)
                error = np.abs(network.delta).max(axis=1) * len(y)
                errors[order[rows]] += 0.3 * (error - errors[order[rows]])
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
                save(checkpoint, state, {"recipe": settings, "history": history})
    bar.close()
    return with_means(network, means), history


def with_means(network, means):
    """A network like this one whose weights are the running means."""
    twin = copy.deepcopy(network)
    for array, mean in zip(twin.parameters, means, strict=True):
        array[...] = mean
    return twin


app = typer.Typer(add_completion=False, rich_markup_mode="markdown", help=__doc__.partition("\n\n")[2])
Folder = Annotated[Path, typer.Option(help="Where checkpoints and results go.")]
Validate = Annotated[
    bool, typer.Option("--validate", help="Hold 10,000 training digits back; measure on them, not on the test set.")
]


def split(validate, first=False):
    """Digits to learn from and digits to measure on, (images, labels) each; to validate, all from the training set.

    Then its last digits are measured on, or its first ones.
    """
    digits = load_mnist("full")
    images, labels = digits.train_images, digits.train_labels
    if not validate:
        return (images, labels), (digits.test_images, digits.test_labels)
    if first:
        images, labels = images[::-1], labels[::-1]
    return (images[:-VALIDATION], labels[:-VALIDATION]), (images[-VALIDATION:], labels[-VALIDATION:])


def set_upright(images):
    """All images without slant, a block at a time."""
    return np.concatenate([upright(images[start : start + BLOCK]) for start in range(0, len(images), BLOCK)])


def train_seed(seed, recipe, folder, validate=False, line=0, first=False):
    """Train one network, or go on with it, and write what it reached into the folder; returns that."""
    (images, labels), measured = split(validate, first)
    if recipe.upright:
        images, measured = set_upright(images), (set_upright(measured[0]), measured[1])
    folder.mkdir(parents=True, exist_ok=True)
    name = "validation" if validate else "test"
    checkpoint = folder / f"seed-{seed}-{name}.npz"
    network, history = train(images, labels, recipe, seed, checkpoint, measured if validate else None, line)
    result = {
        "seed": seed,
        "accuracy": network.accuracy(*measured),
        "seconds": sum(entry["seconds"] for entry in history),
        "recipe": dataclasses.asdict(recipe),
        "history": history,
    }
    (folder / f"seed-{seed}-{name}.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    np.save(folder / f"seed-{seed}-{name}-probabilities.npy", network.predict(measured[0]))
    tqdm.write(f"seed {seed}: {100 * result['accuracy']:.2f} % {name} accuracy after {result['seconds']:.0f} s")
    return result


def train_all(recipes, folder, validate, at_once=2, first=False):
    """Train a network of each recipe, with seeds 0, 1, ..., so many at once; returns what each reached."""
    with ProcessPoolExecutor(at_once) as pool:
        work = [
            pool.submit(train_seed, seed, recipe, folder, validate, seed % at_once, first)
            for seed, recipe in enumerate(recipes)
        ]
        return [job.result() for job in work]


@app.command("train")
def train_command(
    seed: Annotated[int, typer.Option(min=0, help="Of weights, dropout, order and distortions.")] = 0,
    validate: Validate = False,
    folder: Folder = RESULTS / "capstone",
    settings: Annotated[str, typer.Option(help="Changes to the recipe, as JSON: '{\"epochs\": 20}'.")] = "{}",
):
    """Train one network and say how well it reads; started again after an interruption, it goes on where it was."""
    try:
        recipe = dataclasses.replace(Recipe(), **json.loads(settings))
    except (TypeError, ValueError) as error:  # json's errors are ValueErrors too
        raise typer.BadParameter(f"--settings is not a change to the recipe: {error}") from None
    train_seed(seed, recipe, folder, validate)


@app.command()
def trials(folder: Folder = RESULTS / "trials"):
    """Train what the recipe was chosen from, two networks at once, and measure on the 10,000 held back."""
    write_trials("capstone-trials", "The capstone's choices", TRIALS, {"last": folder}, "trials")


@app.command()
def parts(folder: Folder = RESULTS / "parts"):
    """Leave out each part of the plan `attention` in turn, and measure on the last and on the first 10,000 digits."""
    recipes = {name: dataclasses.replace(ATTENTION, epochs=30, **change) for name, change in PARTS.items()}
    folders = {which: folder / which for which in ("last", "first")}
    write_trials("record-parts", "What the parts of the long run are worth", recipes, folders, "parts")


def write_trials(name, title, recipes, folders, command):
    """Train a network of each recipe, two at once, and write how well it reads the digits held back, last or first."""
    reached = [
        [100 * result["accuracy"] for result in train_all(recipes.values(), folder, True, first=which == "first")]
        for which, folder in folders.items()
    ]
    accuracies = {label: list(row) for label, *row in zip(recipes, *reached, strict=True)}
    (RESULTS / f"{name}.json").write_text(json.dumps(accuracies) + "\n", encoding="utf-8")
    rows = [
        [label, recipes[label].epochs, *(f"{accuracy:.2f} %" for accuracy in row)] for label, row in accuracies.items()
    ]
    head = [f"accuracy on the {which} {VALIDATION:,} digits of the training set" for which in folders]
    text = "One network each; the test set takes no part.\n\n" + table(["tried", "epochs", *head], rows)
    write(name, title, text, command=f"python -m benchmarks.capstone {command}")


@app.command()
def report(folder: Folder = RESULTS / "capstone"):
    """Sum up all seeds that were trained: mean, the average of their networks, learning curves, remaining mistakes."""
    files = sorted(folder.glob("seed-*-test.json"))
    if len(files) < 3:
        raise typer.BadParameter(f"{folder} holds {len(files)} trained seeds; train at least three first.")
    results = sorted((json.loads(file.read_text(encoding="utf-8")) for file in files), key=lambda r: r["seed"])
    if any(result["recipe"] != results[0]["recipe"] for result in results):
        raise typer.BadParameter(f"{folder} holds networks of different recipes: keep each in a folder of its own.")
    accuracies = 100 * np.array([result["accuracy"] for result in results])
    mean = ["first three: mean ± sd", f"{accuracies[:3].mean():.2f} ± {accuracies[:3].std(ddof=1):.2f} %", ""]
    picture = summarise("capstone", "The capstone", results, folder, [mean], COMMAND)
    picture.savefig(RESULTS.parent.parent / "course" / "figures" / "capstone-mistakes.png", dpi=110)  # for lesson 12


@app.command()
def record(
    plan: Annotated[
        Plan,
        typer.Option(help="Two networks with more epochs, four unlike ones, or six that look at what they misread."),
    ],
    validate: Validate = False,
    folder: Folder = RESULTS / "record",
):
    """Go for the record of a plain network, 99.65 %, in half an hour on two cores."""
    recipes, at_once = LONG_RUNS[plan]
    results = train_all(recipes, folder / plan, validate, at_once)
    if validate:
        wrong = vote(folder / plan, range(len(recipes)), "validation").argmax(axis=1) != split(validate)[1][1]
        print(f"together: {100 * np.mean(~wrong):.2f} %, {np.sum(wrong)} mistakes")
    else:
        command = f"python -m benchmarks.capstone record --plan {plan}"
        summarise(f"record-{plan}", f"The long run: {plan}", results, folder / plan, [], command, at_once)


if __name__ == "__main__":
    app()
