"""How the cost of training grows: with batch size, width, depth and data; and the memory that full MNIST takes."""

import re
import statistics
import subprocess
import sys
import time
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from threadpoolctl import threadpool_limits
from tqdm.auto import tqdm

from benchmarks.machine import table, write
from chainrule import plots  # noqa: F401  (its style)
from chainrule.data import load_mnist
from chainrule.network import MLP
from chainrule.training import train

SWEEPS = {  # for each value of what is varied: layer sizes, batch size, samples
    "batch size": {batch: ((784, 128, 10), batch, 8192) for batch in (1, 4, 16, 64, 256, 1024)},
    "width": {width: ((784, width, 10), 64, 8192) for width in (16, 64, 256, 1024)},
    "depth": {depth: ((784, *(128,) * depth, 10), 64, 8192) for depth in (1, 2, 4, 8)},
    "data": {samples: ((784, 128, 10), 64, samples) for samples in (1024, 4096, 16384, 60000)},
}
ROUNDS = 5


def microseconds(images, labels, case):
    """Time per sample of one epoch."""
    sizes, batch_size, samples = case
    network = MLP(sizes)
    start = time.perf_counter()
    train(network, images[:samples], labels[:samples], epochs=1, batch_size=batch_size, progress=False)
    return 1e6 * (time.perf_counter() - start) / samples


def peak_memory():
    """Megabytes that a fresh Python needs to load MNIST and train 784-800-10 for an epoch; Linux only."""
    code = "from benchmarks.growth import report_memory; report_memory()"
    return float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)


def report_memory():
    """Train, then print the peak memory of this process in megabytes."""
    digits = load_mnist("full")
    network = MLP((784, 800, 10))
    options = {"validation": (digits.test_images, digits.test_labels), "progress": False}
    train(network, digits.train_images, digits.train_labels, epochs=1, batch_size=128, **options)
    # Not getrusage: what that calls the peak begins with the memory of the process that started this one.
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    print(int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) * 1024 / 1e6)


@threadpool_limits.wrap(limits=1)
def run():
    """Measure with one thread, so that only what is varied varies; write benchmarks/results/growth.md."""
    digits, rows = load_mnist("full"), []
    figure, all_axes = plt.subplots(1, 4, figsize=(11, 3), sharey=True)
    for axes, (name, cases) in zip(all_axes, tqdm(SWEEPS.items(), unit="sweep"), strict=True):
        values = list(cases)
        rounds = np.array([[microseconds(digits.train_images, digits.train_labels, case) for case in cases.values()]
                           for _ in range(ROUNDS)])  # fmt: skip
        medians = np.median(rounds, axis=0)
        axes.loglog(values, medians, "o-")
        axes.set_xticks(values, values, fontsize="small")
        axes.minorticks_off()
        axes.set(xlabel=name)
        rows += [[name, value, f"{median:.1f}"] for value, median in zip(values, medians, strict=True)]
    all_axes[0].set_ylabel("µs per sample")
    figure.suptitle(
        "Larger batches are cheaper by the sample, width and depth cost less than in proportion, data nothing extra"
    )
    memory = statistics.median(peak_memory() for _ in range(3))
    text = (
        f"Time per sample with one thread, medians of {ROUNDS} rounds.\n\n"
        f"{table(['varied', 'value', 'µs per sample'], rows)}\n\n"
        f"Peak memory of a process that loads full MNIST and trains 784-800-10: {memory:.0f} MB."
    )
    write(
        "growth",
        "How cost grows",
        text,
        figure,
        "Time per sample against batch size, width, depth and number of samples",
    )
