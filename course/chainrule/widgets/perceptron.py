"""One line between two classes: set by hand, and learnt by Rosenblatt's rule (lesson 01)."""

import ipywidgets
import matplotlib.pyplot as plt
import numpy as np

from chainrule.data import gate
from chainrule.layers import step
from chainrule.plots import plane_grid, plot_regions, scatter_classes
from chainrule.widgets.base import Interactive


def plane(limits):
    """A square figure for points of two classes: figure, axes, image of the regions, and grid of its points."""
    figure, axes = plt.subplots(figsize=(5.2, 4.6))
    axes.set(xticks=range(-1, 3), yticks=range(-1, 3), xlim=limits, ylim=limits, aspect="equal")
    return figure, axes, plot_regions(lambda points: np.full(len(points), 0.5), axes), plane_grid(axes)


def shade(image, values):
    """Show other values, one for each point of the grid, in an image of `plane`."""
    image.set_data(values.reshape(image.get_array().shape))


def line_points(weights, bias):
    """Two far points of the line w·x + b = 0, shape (2, 2), the points in columns; none if w = 0."""
    length = weights @ weights
    if not length:
        return np.empty((2, 0))
    foot, along = -bias * weights / length, np.array([-weights[1], weights[0]]) / np.sqrt(length)
    return np.stack([foot - 20 * along, foot + 20 * along], axis=1)


def line_against_points():
    """The line w₁x₁ + w₂x₂ + b = 0 against the four points of a gate; the points on its wrong side are counted."""
    figure, axes, image, grid = plane((-0.6, 1.6))
    gates = {name: gate(name) for name in ("AND", "OR", "XOR")}
    inputs = gates["AND"][0]
    squares, circles = scatter_classes(inputs, gates["AND"][1], axes).lines
    (line,) = axes.plot([], [], color="black")
    (wrong,) = axes.plot([], [], "x", color="black", markersize=16, markeredgewidth=2)
    for marker in (squares, circles):
        marker.set_markersize(11)
    title = axes.set_title(" ")

    def redraw(name, w1, w2, b):
        weights, targets = np.array([w1, w2]), gates[name][1]
        errors = step(np.round(inputs @ weights + b, 9)) != targets  # 0.7 + 0.1 - 0.8 is to be 0
        shade(image, step(grid @ weights + b))
        line.set_data(*line_points(weights, b))
        for marker, label in ((squares, 0), (circles, 1)):
            marker.set_data(*inputs[targets == label].T)
        wrong.set_data(*inputs[errors].T)
        count = errors.sum()
        words = f"{name}: {count} of 4 wrong" if count else f"{name}: all four right"
        title.set_text(f"{words}; fires where {w1:g} x₁ {w2:+g} x₂ {b:+g} ≥ 0")
        halved = "halved by a line" if weights.any() else "without a line, since w = 0"
        return f"The plane {halved}, with the four points of a gate. {title.get_text()}."

    sliders = {name: ipywidgets.FloatSlider(value, min=-2, max=2, step=0.1, description=text)
               for name, value, text in (("w1", 0.5, "w₁"), ("w2", 1.0, "w₂"), ("b", 0.2, "b"))}  # fmt: skip
    controls = {"name": ipywidgets.Dropdown(options=list(gates), description="gate"), **sliders}
    text = "Bring the errors (crosses) to zero for AND, then for OR. Then set a record for XOR: how few can you get?"
    return Interactive(text, controls, figure, [image, line, squares, circles, wrong, title], redraw)


def clouds():
    """Ten points that a line can separate, but not at the first attempt: points (10, 2) and labels."""
    points = np.random.default_rng(1967).uniform(-1.3, 2.3, (40, 2))
    side = points @ [0.8, 0.6] - 0.9
    keep = np.flatnonzero(np.abs(side) > 0.2)[:10]
    return points[keep], (side[keep] > 0).astype(int)


def learn(inputs, targets, steps):
    """The perceptron rule, one point a step, in turn: weights and bias before each step and after the last one."""
    extended, weights = np.column_stack([inputs, np.ones(len(inputs))]), [np.zeros(3)]
    for k in range(steps):
        x, y = extended[k % len(extended)], targets[k % len(extended)]
        weights.append(weights[-1] + (y - step(weights[-1] @ x)) * x)
    return np.array(weights)


def perceptron_steps():
    """Rosenblatt's rule, a point at a time: the line before and after, and the weight vector that turns."""
    figure, axes, image, grid = plane((-1.5, 2.5))
    sets, last = {"ten points": clouds(), "AND": gate("AND"), "OR": gate("OR"), "XOR": gate("XOR")}, 50
    walks = {name: learn(*points, last) for name, points in sets.items()}
    squares, circles = scatter_classes(*sets["AND"], axes).lines
    (before,) = axes.plot([], [], color="grey", linestyle="--", linewidth=1)
    (after,) = axes.plot([], [], color="black")
    (ring,) = axes.plot([], [], "o", color="black", markersize=17, fillstyle="none", markeredgewidth=2)
    arrow = axes.quiver(0, 0, 0, 0, angles="xy", scale_units="xy", scale=2, width=0.012)
    title = axes.set_title("\n ")

    def redraw(name, steps):
        inputs, targets = sets[name]
        old, new = walks[name][max(steps - 1, 0)], walks[name][steps]
        shade(image, step(grid @ new[:2] + new[2]))
        for marker, label in ((squares, 0), (circles, 1)):
            marker.set_data(*inputs[targets == label].T)
        before.set_data(*line_points(old[:2], old[2]))
        after.set_data(*line_points(new[:2], new[2]))
        ring.set_data(*inputs[[(steps - 1) % len(inputs)] if steps else []].T)
        arrow.set_UVC(*new[:2])
        wrong = int(np.sum(step(inputs @ new[:2] + new[2]) != targets))
        done = ("right, nothing changes" if (old == new).all() else "wrong, so w and b move") if steps else "the start"
        title.set_text(f"step {steps}: {done}\nw = ({new[0]:.3g}, {new[1]:.3g}), b = {new[2]:.3g}; {wrong} wrong now")
        words = title.get_text().replace("\n", "; ")
        line = "the present line and its weight vector" if new[:2].any() else "no line yet, since w = 0"
        return f"Points of two classes, {line}. {words}."

    controls = {
        "name": ipywidgets.Dropdown(options=list(sets), description="data"),
        "steps": ipywidgets.IntSlider(6, min=0, max=last, description="step"),
    }
    text = (
        "Move on step by step. The ringed point was looked at last: when it was wrong, which way does the arrow w turn?"
    )
    return Interactive(text, controls, figure, [image, before, after, arrow, squares, circles, ring, title], redraw)


INTERACTIVES = [line_against_points, perceptron_steps]
