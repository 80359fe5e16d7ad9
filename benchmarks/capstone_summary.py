"""What became of the capstone's networks: averages, tables, learning curves and the digits that are still misread."""

import json

import matplotlib.pyplot as plt
import numpy as np

from benchmarks.machine import RESULTS, table, write
from chainrule.data import load_mnist


def vote(folder, seeds, name="test"):
    """The networks' probabilities, averaged."""
    return np.mean([np.load(folder / f"seed-{seed}-{name}-probabilities.npy") for seed in seeds], axis=0)


def summarise(name, title, results, folder, more_rows, command, at_once=1):
    """Average the networks' probabilities; write tables, learning curves and mistakes; returns the picture of these."""
    digits = load_mnist("full")
    together = vote(folder, [result["seed"] for result in results])
    wrong = np.flatnonzero(together.argmax(axis=1) != digits.test_labels)
    averaged, seconds = 100 - len(wrong) / 100, [result["seconds"] for result in results]
    minutes = sum(seconds) / at_once / 60
    recipe = results[0]["recipe"]
    kinds = [", without slant" if result["recipe"].get("upright") else "" for result in results]
    rows = [
        [f"{r['seed']}{kind}", f"{100 * r['accuracy']:.2f} %", f"{r['seconds']:.0f} s"]
        for r, kind in zip(results, kinds, strict=True)
    ]
    together_row = [f"the {len(results)} together, probabilities averaged", f"{averaged:.2f} %"]
    rows += [*more_rows, [*together_row, f"{minutes:.0f} minutes"]]
    text = (
        f"{'-'.join(map(str, (784, *recipe['hidden'], 10)))}, {recipe['epochs']} epochs, batches of "
        f"{recipe['batch_size']}, Adam; every setting is in `benchmarks/capstone.py`, chosen on 10,000 digits of the "
        "training set.\n\n"
        + table(["seed", "test accuracy", "time to train"], rows)
        + f"\n\n![Learning curves]({name}-curves.png)\n\nThe {len(wrong)} digits that the averaged networks misread, "
        "above each its label and what was read:"
    )
    draw_curves([result["history"] for result in results]).savefig(RESULTS / f"{name}-curves.png", dpi=110)
    summary = {
        "accuracies": [100 * result["accuracy"] for result in results],
        "seconds": seconds,
        "minutes": minutes,
        "averaged": averaged,
        "wrong": {int(k): int(together[k].argmax()) for k in wrong},
    }
    (RESULTS / f"{name}.json").write_text(json.dumps(summary) + "\n", encoding="utf-8")
    picture = draw_mistakes(digits, wrong, together)
    write(name, title, text, picture, f"The {len(wrong)} misread test digits", command)
    return picture


def draw_curves(histories):
    """Training loss of each seed against the epoch."""
    figure, axes = plt.subplots(figsize=(6.4, 3), layout="constrained")
    for history in histories:
        axes.plot(range(1, len(history) + 1), [entry["loss"] for entry in history], color="C0", alpha=0.5)
    axes.set(xlabel="epoch", ylabel="training loss (smoothed labels)", title="The seeds learn alike, to the end")
    return figure


def draw_mistakes(digits, wrong, probabilities):
    """The misread test digits in rows of twelve."""
    rows = max(1, -(-len(wrong) // 12))
    figure, panels = plt.subplots(rows, 12, figsize=(8, 0.85 * rows), layout="constrained", squeeze=False)
    for panel in panels.flat:
        panel.axis("off")
    for panel, k in zip(panels.flat, wrong, strict=False):
        panel.imshow(digits.test_images[k].reshape(28, 28), cmap="gray_r")
        panel.set_title(f"{digits.test_labels[k]}: {probabilities[k].argmax()}", fontsize=8)
    return figure
