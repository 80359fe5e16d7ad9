"""The numbers that the lectures and their papers print, trained again with five seeds each."""

import json
import time
from concurrent.futures import ProcessPoolExecutor
from typing import NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits
from tqdm.auto import tqdm

from benchmarks.machine import RESULTS, table, write
from chainrule.data import average_pool, load_mnist
from chainrule.network import MLP
from chainrule.optimizers import SGD, cosine, decay_every
from chainrule.training import train

SEEDS = 5
VALIDATION = 10_000  # the last digits of the training set, for the one choice that is made here


class Row(NamedTuple):
    """A network of the lectures: what was printed, and how it is trained here. Full MNIST, unless `pooled`."""

    name: str
    printed: str
    sizes: tuple
    network: dict
    training: dict
    momentum: float = 0.0
    pooled: bool = False


def iterations(epochs, batch_size, samples=60_000):
    """How many iterations there are in so many epochs."""
    return epochs * -(-samples // batch_size)


def lecun(output, learning_rate, samples=60_000):
    """LeCun's network of 1998. The paper's scaled tanh, target values and step sizes are not ours, so two settings must
    be chosen: `validate` does it on digits of the training set.
    """
    return Row("784-300-10, squared loss (LeCun et al. 1998)", "0.953", (784, 300, 10),
        {"activation": "tanh", "output": output, "loss": "squared", "initialization": "xavier"},
        {"epochs": 15, "batch_size": 64, "schedule": cosine(learning_rate, iterations(15, 64, samples))})  # fmt: skip


LECUN_SETTINGS = [("linear", 0.005), ("linear", 0.02), ("sigmoid", 0.2), ("sigmoid", 0.5), ("sigmoid", 1.0)]
ROWS = [
    Row("linear perceptron (Park)", "0.85; LeCun et al. 1998: 0.88", (784, 10), {"output": "linear", "loss": "squared"},
        {"epochs": 10, "batch_size": 32, "schedule": decay_every(0.02, 0.99)}),
    Row("softmax perceptron (Park)", "–", (784, 10), {},
        {"epochs": 10, "batch_size": 32, "schedule": decay_every(0.2, 0.99)}),
    Row("HW #4 step 3, 14 × 14, 30 ReLUs (Park)", "0.9146", (196, 30, 10), {},
        {"epochs": 5, "batch_size": 32, "schedule": decay_every(0.1, 0.99)}, pooled=True),
    Row("multi-layer perceptron (Park)", "0.98", (784, 128, 10), {},
        {"epochs": 12, "batch_size": 64, "schedule": cosine(0.05, iterations(12, 64))}, momentum=0.9),
    Row("784-100-10, sigmoid, L2 (Nielsen 2015)", "0.9804", (784, 100, 10),
        {"activation": "sigmoid", "output": "sigmoid", "initialization": "xavier", "l2": 1e-4},
        {"epochs": 60, "batch_size": 10, "learning_rate": 0.1}),
    Row("784-800-10, cross-entropy (Simard et al. 2003)", "0.984", (784, 800, 10), {},
        {"epochs": 15, "batch_size": 128, "schedule": cosine(0.1, iterations(15, 128))}, momentum=0.9),
]  # fmt: skip


def measure(row, train_set, test_set, seed):
    """Test accuracy and seconds of one training; the last epoch counts, not the best. Diverged is 0."""
    (images, labels), (test_images, test_labels) = train_set, test_set
    if row.pooled:
        images, test_images = average_pool(images), average_pool(test_images)
    network = MLP(row.sizes, seed=seed, **row.network)
    optimizer = SGD(network.parameters, row.training.get("learning_rate", 0.1), row.momentum)
    start = time.perf_counter()
    try:
        train(network, images, labels, optimizer=optimizer, seed=seed, progress=False, **row.training)
    except FloatingPointError:
        return 0.0, time.perf_counter() - start
    return network.accuracy(test_images, test_labels), time.perf_counter() - start


def networks(lecun_setting):
    """All rows, by year."""
    return [*ROWS[:-1], lecun(*lecun_setting), ROWS[-1]]


def validate(lecun_setting):
    """Accuracy of LeCun's network on the last 10,000 training digits, one seed; the test set takes no part."""
    digits = load_mnist("full")
    images, labels, kept = digits.train_images, digits.train_labels, len(digits.train_labels) - VALIDATION
    learn, held_out = (images[:kept], labels[:kept]), (images[kept:], labels[kept:])
    return measure(lecun(*lecun_setting, kept), learn, held_out, seed=0)[0]


def test(job):
    """Test accuracy and seconds of one seed of one row; a job is LeCun's setting, the row's number and the seed."""
    lecun_setting, number, seed = job
    digits = load_mnist("full")
    train_set, test_set = (digits.train_images, digits.train_labels), (digits.test_images, digits.test_labels)
    return measure(networks(lecun_setting)[number], train_set, test_set, seed)


def run():
    """Measure, write benchmarks/results/lectures.md and .json."""
    # Most of these networks are too small for two threads to share a product, so two networks learn at once.
    with ProcessPoolExecutor(2, initializer=threadpool_limits, initargs=(1,)) as pool:
        accuracies = list(tqdm(pool.map(validate, LECUN_SETTINGS), "choosing", len(LECUN_SETTINGS), unit="setting"))
        best = LECUN_SETTINGS[np.argmax(accuracies)]
        jobs = [(best, number, seed) for number in range(len(networks(best))) for seed in range(SEEDS)]
        measured = list(tqdm(pool.map(test, jobs), "testing", len(jobs), unit="network"))
    rows, results = [], {}
    for number, row in enumerate(networks(best)):
        reached, seconds = np.array(measured[number * SEEDS : (number + 1) * SEEDS]).T
        results[row.name] = {"printed": row.printed, "mean": reached.mean(), "sd": reached.std(ddof=1)}
        ours = f"{reached.mean():.4f} ± {reached.std(ddof=1):.4f}"
        rows.append([row.name, row.printed, ours, f"{np.median(seconds):.0f} s"])
    (RESULTS / "lectures.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    tries = [
        [output, rate, f"{accuracy:.4f}" if accuracy else "diverged"]
        for (output, rate), accuracy in zip(LECUN_SETTINGS, accuracies, strict=True)
    ]
    text = (
        f"Test accuracy after training on all 60,000 digits; mean ± standard deviation of {SEEDS} seeds, "
        f"and the median time of a seed, one thread each, two at work at once.\n\n"
        f"{table(['network', 'printed', 'ours', 'time'], rows)}\n\n"
        f"The output and learning rate of LeCun's network were chosen on the last {VALIDATION:,} digits of the "
        f"training set, one seed each:\n\n{table(['output', 'learning rate', 'validation accuracy'], tries)}"
    )
    write("lectures", "The lectures' numbers again", text)
