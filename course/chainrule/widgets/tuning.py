"""Optimisers that race, and regularisers that smooth a boundary (lesson 11)."""

import functools

import ipywidgets
import matplotlib.pyplot as plt
import numpy as np

from chainrule.data import moons
from chainrule.network import MLP
from chainrule.optimizers import SGD, AdaGrad, Adam, RMSProp
from chainrule.plots import BLUE, GREEN, ORANGE, PINK, RED, SKY
from chainrule.training import train
from chainrule.widgets.base import Interactive

RACERS = {
    "plain": (lambda w, rate: SGD(w, rate), BLUE, "-"),
    "momentum": (lambda w, rate: SGD(w, rate, 0.9), ORANGE, "--"),
    "Nesterov": (lambda w, rate: SGD(w, rate, 0.9, nesterov=True), GREEN, "-."),
    "RMSProp": (lambda w, rate: RMSProp(w, rate), SKY, "-"),
    "AdaGrad, 10 γ": (lambda w, rate: AdaGrad(w, 10 * rate), PINK, ":"),
    "Adam, 3 γ": (lambda w, rate: Adam(w, 3 * rate), RED, "--"),
}
START = (-4.5, 1.6)


def race(name, learning_rate, kappa, steps):
    """The points that an optimiser visits on ½ (x₁² + κ x₂²), the start first: shape (steps + 1, 2)."""
    point = np.array(START)
    optimizer, path = RACERS[name][0]([point], learning_rate), [point.copy()]
    for _ in range(steps):
        optimizer.step([point * [1, kappa]])
        path.append(point.copy())
    return np.array(path)


def optimizer_race():
    """Six optimisers on one narrow valley."""
    figure, (axes, curves) = plt.subplots(1, 2, figsize=(9, 4), width_ratios=(1.5, 1))
    axes.set(xlabel="x₁", ylabel="x₂", xlim=(-5, 3), ylim=(-2.6, 2.6))
    curves.set(xlabel="step", ylabel="distance to the minimum", yscale="log", xlim=(0, 80), ylim=(1e-4, 20))
    angle = np.linspace(0, 2 * np.pi, 80)
    rings = [axes.plot([], [], color="0.7", linewidth=0.7)[0] for _ in range(6)]
    paths = [axes.plot([], [], style, color=c, label=name, linewidth=1.5)[0] for name, (_, c, style) in RACERS.items()]
    lines = [curves.plot([], [], style, color=c)[0] for _, c, style in RACERS.values()]
    paths[4].set_linewidth(3)  # AdaGrad's dots lie on RMSProp's line
    axes.plot(*START, "ko", markersize=5)
    figure.legend(loc="outside lower center", fontsize="small", ncols=6)
    title = axes.set_title(" ")

    def redraw(learning_rate, kappa, steps):
        for ring, level in zip(rings, np.geomspace(0.2, 25, len(rings)), strict=True):
            ring.set_data(np.sqrt(2 * level) * np.cos(angle), np.sqrt(2 * level / kappa) * np.sin(angle))
        final = {}
        for name, path, line in zip(RACERS, paths, lines, strict=True):
            points = np.clip(race(name, learning_rate, kappa, steps), -1e3, 1e3)
            path.set_data(*points.T)
            distance = np.linalg.norm(points, axis=1)
            line.set_data(np.arange(steps + 1), distance)
            final[name] = distance[-1]
        first = min(final, key=final.get)
        words = f"κ = {kappa}, after {steps} step{'s' * (steps != 1)} {first} is nearest, at {final[first]:.2g}"
        if not steps:
            words = f"κ = {kappa}: all start at {final[first]:.2g} from the minimum"
        title.set_text(words)
        return f"Paths of six optimisers down a valley and their distances to the minimum. {words}."

    controls = {
        "learning_rate": ipywidgets.FloatSlider(0.05, min=0.01, max=0.3, step=0.01, description="learning rate γ"),
        "kappa": ipywidgets.IntSlider(20, min=1, max=40, description="curvature κ"),
        "steps": ipywidgets.IntSlider(40, min=0, max=80, description="steps"),
    }
    text = (
        "On the valley with κ = 20, who zigzags and who swings? Find the γ at which plain descent leaves the picture. "
        "AdaGrad takes ten times γ and Adam three times, or they would hardly leave."
    )
    return Interactive(text, controls, figure, [*rings, *paths, *lines, title], redraw)


STRENGTHS = {"L2": [0, 0.001, 0.01, 0.05], "dropout": [0, 0.2, 0.4, 0.6]}


@functools.cache
def trained_boundaries():
    """For each remedy and strength: logit differences on a grid, and the accuracy on training and on new points."""
    (points, labels), (new_points, new_labels) = moons(60, noise=0.35, seed=1), moons(1000, noise=0.35, seed=2)
    grid = np.stack(np.meshgrid(np.linspace(-2, 3, 60), np.linspace(-1.6, 2.1, 45)), axis=-1).reshape(-1, 2)
    results = {}
    for remedy, strengths in STRENGTHS.items():
        for index, strength in enumerate(strengths):
            network = MLP((2, 80, 80, 2), seed=3, **{remedy.lower(): strength})
            train(network, points.astype(np.float32), labels, epochs=250, batch_size=20, progress=False)
            logits = network.forward(grid)[0][-1]
            accuracies = network.accuracy(points, labels), network.accuracy(new_points, new_labels)
            results[remedy, index] = (logits[:, 1] - logits[:, 0]).reshape(45, 60), *accuracies
    return points, labels, results


def regularised_boundary():
    """What L2 and dropout do to the boundary of a network that is far too large for its sixty points."""
    points, labels, results = trained_boundaries()
    figure, axes = plt.subplots(figsize=(6, 4.2))
    image = axes.imshow(np.zeros((45, 60)), extent=(-2, 3, -1.6, 2.1), origin="lower", cmap="PuOr", vmin=-3, vmax=3)
    marks = [axes.plot(*points[labels == k].T, "ox"[k], color="k", markersize=5)[0] for k in (0, 1)]
    axes.set(xlabel="x₁", ylabel="x₂", aspect="auto")
    title = axes.set_title(" ")

    def redraw(remedy, strength):
        values, seen, new = results[remedy, strength]
        image.set_data(np.tanh(values) * 1.5)
        words = f"{remedy} {STRENGTHS[remedy][strength]}: {seen:.0%} of the points seen, {new:.0%} of new ones"
        title.set_text(words)
        return f"The decision boundary of a large network between two moons of noisy points. {words}."

    controls = {
        "remedy": ipywidgets.ToggleButtons(options=list(STRENGTHS), description="remedy"),
        "strength": ipywidgets.IntSlider(0, min=0, max=3, description="strength"),
    }
    text = "Strength 0 learns all points by heart. Which strength reads new points best, and how does it separate them?"
    return Interactive(text, controls, figure, [image, *marks, title], redraw)


INTERACTIVES = [optimizer_race, regularised_boundary]
