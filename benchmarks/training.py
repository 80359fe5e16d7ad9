"""One epoch of MNIST: this package, PyTorch, scikit-learn, and the matrix products alone, in alternating rounds."""

import os
import statistics
import time
import warnings

import numpy as np
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits
from tqdm.auto import tqdm

from benchmarks.machine import table, write
from chainrule.data import load_mnist
from chainrule.network import MLP
from chainrule.optimizers import SGD
from chainrule.training import minibatches, train

CASES = ((30, 32), (128, 32), (128, 128), (800, 128))  # hidden units, batch size
ROUNDS = 7
PEERS = ("PyTorch", "scikit-learn", "scikit-learn by batches", "products alone")


def products_alone(images, labels, hidden, batch_size, library=np):
    """The floor: the five matrix products of each step, into arrays that are there already, and nothing else."""
    zeros = lambda *shape: library.zeros(shape, dtype=library.float32)  # noqa: E731
    first, first_gradient = zeros(784, hidden), zeros(784, hidden)
    second, second_gradient = zeros(hidden, 10), zeros(hidden, 10)
    a, z, matmul = zeros(batch_size, hidden), zeros(batch_size, 10), library.matmul
    for start in range(0, len(images) - batch_size + 1, batch_size):
        inputs = images[start : start + batch_size]
        matmul(inputs, first, out=a)
        matmul(a, second, out=z)
        matmul(a.T, z, out=second_gradient)
        matmul(z, second.T, out=a)
        matmul(inputs.T, a, out=first_gradient)


def pytorch_products_alone(images, labels, hidden, batch_size):
    """The same through PyTorch, whose library for them is another one."""
    import torch

    products_alone(torch.from_numpy(images), labels, hidden, batch_size, torch)


def ours(images, labels, hidden, batch_size):
    """This package's own training loop."""
    network = MLP((784, hidden, 10))
    optimizer = SGD(network.parameters, 0.05, momentum=0.9)
    train(network, images, labels, epochs=1, batch_size=batch_size, optimizer=optimizer, progress=False)


def classifier(hidden, batch_size):
    """scikit-learn's network, with momentum as we have it."""
    return MLPClassifier(
        (hidden,), solver="sgd", batch_size=batch_size, learning_rate_init=0.05, momentum=0.9, nesterovs_momentum=False
    )


def scikit_learn(images, labels, hidden, batch_size):
    """scikit-learn's MLPClassifier at its best: one call is one epoch, and it makes the batches itself."""
    classifier(hidden, batch_size).partial_fit(images, labels, classes=np.arange(10))


def scikit_learn_by_batches(images, labels, hidden, batch_size):
    """scikit-learn's MLPClassifier on our own batches: a call each, as one does whose data do not fit into memory."""
    model = classifier(hidden, batch_size)
    for batch in minibatches(len(images), batch_size, np.random.default_rng(0)):
        model.partial_fit(images[batch], labels[batch], classes=np.arange(10))


def pytorch(images, labels, hidden, batch_size):
    """The loop that PyTorch's tutorials show, on tensors that are in memory already."""
    import torch

    model = torch.nn.Sequential(torch.nn.Linear(784, hidden), torch.nn.ReLU(), torch.nn.Linear(hidden, 10))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    loss_function = torch.nn.CrossEntropyLoss()
    inputs, targets, order = torch.from_numpy(images), torch.from_numpy(labels), torch.randperm(len(images))
    for start in range(0, len(images), batch_size):
        batch = order[start : start + batch_size]
        optimizer.zero_grad()
        loss_function(model(inputs[batch]), targets[batch]).backward()
        optimizer.step()


def contestants():
    """Those that can take part, by name; PyTorch only where it is installed."""
    present = {
        "ours": ours,
        "scikit-learn": scikit_learn,
        "scikit-learn by batches": scikit_learn_by_batches,
        "products alone": products_alone,
    }
    try:
        import torch  # noqa: F401
    except ImportError:
        print("PyTorch is not installed; the comparison goes without it.")
        return present
    return {**present, "PyTorch": pytorch, "PyTorch's products alone": pytorch_products_alone}


def use_threads(count):
    """Give every contestant so many threads; returns the setting as a context."""
    try:
        import torch

        torch.set_num_threads(count)
    except ImportError:
        pass
    return threadpool_limits(count)


def measure(digits, present):
    """Seconds of each contestant's epochs, one a round, by (case, name); the contestants take turns."""
    seconds = {}
    for case in tqdm(CASES, unit="case"):
        rounds = [(name, one) for _ in range(ROUNDS + 1) for name, one in present.items()]
        for name, one in tqdm(rounds, unit="epoch", leave=False, desc=str(case)):
            start = time.perf_counter()
            one(digits.train_images, digits.train_labels, *case)
            seconds.setdefault((case, name), []).append(time.perf_counter() - start)
    return {key: times[1:] for key, times in seconds.items()}  # the first round warms up


def products_compared(seconds):
    """What PyTorch owes to its library for matrix products and not to itself, in a sentence."""
    pairs = [(seconds[case, "products alone"], seconds[case, "PyTorch's products alone"]) for case in CASES]
    ratios = [statistics.median(a / b for a, b in zip(*pair, strict=True)) for pair in pairs]
    return (
        f"The products alone take NumPy {', '.join(f'{ratio:.2f}' for ratio in ratios)} of the time that the same "
        "ones take PyTorch. Their libraries differ, and which is faster depends on the processor: where neither is, "
        "the column for PyTorch comes out higher if the number here is below 1, and lower if it is above."
    )


def run():
    """Measure, write benchmarks/results/training.md."""
    digits, present = load_mnist("full"), contestants()
    warnings.filterwarnings("ignore", category=UserWarning, module="sklearn")
    head = ["network", "ours, an epoch", *(f"ours / {name}" for name in PEERS)]
    text = (
        f"One epoch of 60,000 digits, float32, SGD with momentum; medians of {ROUNDS} rounds, contestants in turn "
        "(smallest to largest in brackets). scikit-learn is given all digits at once and makes the batches itself, "
        "or gets the batches one by one."
    )
    ratios = {}
    for threads in sorted({1, os.cpu_count()}):
        with use_threads(threads):
            seconds = measure(digits, present)
        rows = []
        for case in CASES:
            mine = seconds[case, "ours"]
            row = [f"784-{case[0]}-10 in {case[1]}", f"{statistics.median(mine):.2f} s"]
            for name in PEERS:
                pairs = [a / b for a, b in zip(mine, seconds.get((case, name), []), strict=False)]
                ratios[case, name, threads] = statistics.median(pairs) if pairs else None
                row.append(
                    f"{statistics.median(pairs):.2f} ({min(pairs):.2f}–{max(pairs):.2f})" if pairs else "not installed"
                )
            rows.append(row)
        setting = f"{threads} threads for all (of which `train` takes one for the smaller networks)"
        text += f"\n\n{setting if threads > 1 else '1 thread for all'}:\n\n{table(head, rows)}"
        if threads == 1 and "PyTorch" in present:
            text += "\n\n" + products_compared(seconds)
    write("training", "Training", text, draw(ratios), "Bars of our time over each contestant's, for four networks")


def draw(ratios):
    """Our time over each contestant's: a panel a thread setting, a group of bars a network."""
    import matplotlib.pyplot as plt

    settings = sorted({threads for *_, threads in ratios})
    figure, panels = plt.subplots(1, len(settings), figsize=(11, 3.6), sharey=True, squeeze=False, layout="constrained")
    for threads, axes in zip(settings, panels[0], strict=True):
        names = [name for name in PEERS if ratios[CASES[0], name, threads]]
        for k, (name, hatch) in enumerate(zip(names, ("", "//", "xx", ".."), strict=False)):
            heights = [ratios[case, name, threads] for case in CASES]
            axes.bar(np.arange(len(CASES)) + 0.2 * (k - 1.5), heights, 0.18, label=f"over {name}", hatch=hatch)
        axes.axhline(1, color="k", linewidth=0.8)
        axes.set_xticks(range(len(CASES)), [f"784-{hidden}-10\nin {batch}" for hidden, batch in CASES])
        axes.set_title(f"{threads} thread{'s' if threads > 1 else ''}: below the line we are faster")
    panels[0, 0].set_ylabel("our time / theirs")
    panels[0, 0].legend()
    return figure
