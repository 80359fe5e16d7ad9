"""Where the accuracy thresholds of the assignments come from: the instructor's own training, with ten seeds.

`python -m grader.thresholds` runs each entry below, prints the table and writes it to `thresholds.md` beside this
file. A threshold that a test demands may stand at the mean minus four standard deviations at most: a right answer then
fails about once in thirty thousand times. To add one, append an entry to `THRESHOLDS`.
"""

import contextlib
import io
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from grader.assignment import DEMO, SETUP, SOLUTION, load_assignment

SEEDS = range(10)
TABLE = Path(__file__).with_name("thresholds.md")
HEADER = """# Thresholds on accuracy

Written by `python -m grader.thresholds`, which trains the instructor's answers with {seeds} seeds. The last column is
what the tests demand; it stands at the mean minus four standard deviations, or lower.

| assignment | measured | mean | standard deviation | mean − 4 sd | lowest | CPU seconds | tests demand |
| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |
"""


@dataclass(frozen=True)
class Threshold:
    """An accuracy that tests demand.

    Parameters
    ----------
    assignment : str
    cell : str
        The answer cell that defines the training function; the notebook is executed as far as this cell.
    measured : str
        In words, what is trained and on what it is tested.
    demanded : float
        The accuracy that the tests demand, as it stands in the notebook.
    run : callable
        ``run(names, seed)`` trains with this seed and gives the accuracy; `names` is what the notebook defines.
    """

    assignment: str
    cell: str
    measured: str
    demanded: float
    run: Callable[[dict, int], float]


def digits():
    """The offline digits, average-pooled to 14 × 14: train images and labels, test images and labels."""
    from chainrule.data import average_pool, load_mnist

    small = load_mnist("small")
    pooled = average_pool(small.train_images), average_pool(small.test_images)
    return pooled[0], small.train_labels, pooled[1], small.test_labels


def improved(names, seed):
    """Accuracy of step 3's `improve` on the test digits."""
    train_images, train_labels, test_images, test_labels = digits()
    W1, b1, W2, b2 = names["improve"](train_images, train_labels, seed)
    logits = np.maximum(test_images @ W1 + b1, 0) @ W2 + b2
    return np.mean(logits.argmax(axis=1) == test_labels)


def linear_perceptron(names, seed):
    """Accuracy on the test digits of the `train_perceptron` of step 1 or 2: one layer, trained on one-hot targets."""
    train_images, train_labels, test_images, test_labels = digits()
    targets = np.eye(10, dtype=np.float32)[train_labels]
    weights, biases = names["train_perceptron"](train_images, targets, seed=seed)[:2]
    return np.mean((test_images @ weights + biases).argmax(axis=1) == test_labels)


def challenged(samples):
    """Accuracy of the challenge's network, trained with so many digits drawn at random, on 2,000 others.

    As in the tests, all digits are turned and faded alike, and the classes renamed.
    """

    def run(names, seed):
        random = np.random.default_rng(seed)
        order, renamed, turns = random.permutation(5000), random.permutation(10), int(random.integers(8))
        given, asked = order[:samples], order[3000:]
        images = names["all_images"].reshape(-1, 28, 28)[:, :: 1 - 2 * (turns % 2)]
        images = np.rot90(images, turns // 2, (1, 2)).reshape(-1, 784)
        images, labels = images * (1 - 0.04 * random.random(784, np.float32)), renamed[names["all_labels"]]
        parameters = names["train"](images[given], labels[given], seed)
        return np.mean(names["read"](images[asked], parameters) == labels[asked])

    return run


THRESHOLDS = [
    Threshold(
        "step1-single-linear-perceptron",
        "train-perceptron",
        "`train_perceptron`, 1,000 test digits",
        0.847,
        linear_perceptron,
    ),
    Threshold(
        "step2-single-perceptron",
        "train-perceptron",
        "`train_perceptron`, 1,000 test digits",
        0.892,
        linear_perceptron,
    ),
    Threshold("step3-multi-layer-perceptron", "improve", "`improve`, 1,000 test digits", 0.9146, improved),
    Threshold("challenge", "train", "2,000 digits, 2,000 others", 0.935, challenged(2000)),
    Threshold("challenge", "train", "500 digits, 2,000 others", 0.895, challenged(500)),
]


@lru_cache
def names_of_notebook(assignment: str, cell: str) -> dict:
    """What the instructor's notebook defines once it is executed as far as a cell; its figures are left out."""
    names = {"__name__": "__main__"}
    for each in load_assignment(assignment, Path(__file__).parent.parent).of_role(SETUP, SOLUTION, DEMO):
        if each.kind == "code" and not each.figure:
            with contextlib.redirect_stdout(io.StringIO()):
                exec(compile(each.source, f"<{each.identity}>", "exec"), names)
        if each.identity == cell:
            return names
    raise ValueError(f"{assignment} has no answer cell {cell!r}.")


def measure(threshold: Threshold, seeds=SEEDS) -> tuple[np.ndarray, float]:
    """Accuracies, one a seed, and the processor time of one training in seconds."""
    names = names_of_notebook(threshold.assignment, threshold.cell)
    start = time.process_time()
    accuracies = np.array([threshold.run(names, seed) for seed in seeds], dtype=float)
    return accuracies, (time.process_time() - start) / len(accuracies)


def row(threshold: Threshold, accuracies: np.ndarray, seconds: float) -> str:
    """A line of the table."""
    mean, deviation = accuracies.mean(), accuracies.std(ddof=1)
    numbers = [f"{mean:.4f}", f"{deviation:.4f}", f"{mean - 4 * deviation:.4f}", f"{accuracies.min():.4f}"]
    cells = [threshold.assignment, threshold.measured, *numbers, f"{seconds:.1f}", f"{threshold.demanded:g}"]
    return f"| {' | '.join(cells)} |\n"


def main():
    """Measure all thresholds, print the table and write it."""
    text = HEADER.format(seeds=len(SEEDS))
    print(text, end="")
    for threshold in THRESHOLDS:
        line = row(threshold, *measure(threshold))
        print(line, end="", flush=True)
        text += line
    TABLE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
