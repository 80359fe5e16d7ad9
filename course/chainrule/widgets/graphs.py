"""Computations drawn as graphs: values run forward along the arrows, gradients run back (lessons 04 and 05)."""

import ipywidgets
import matplotlib.pyplot as plt
import numpy as np

from chainrule.plots import BLUE, RED
from chainrule.widgets.base import Interactive

INPUT, TARGET = 1.5, 1.0  # x and y of the neuron in computation_graph


def canvas(width, height, size):
    """A figure without axes whose coordinates run from 0 to width and height."""
    figure, axes = plt.subplots(figsize=size)
    axes.set(xlim=(0, width), ylim=(0, height))
    axes.axis("off")
    return figure, axes


def signed(number):
    """Three decimals, with the typographer's minus."""
    return f"{number:.3f}".replace("-", "−")


def circle(axes, x, y, name, size=900):
    """A node: a circle with its name in it."""
    axes.scatter([x], [y], s=size, facecolor="white", edgecolor="black", zorder=3)
    axes.text(x, y, name, ha="center", va="center", zorder=4)


def neuron_sweep(w, b):
    """Values, local derivatives (by edge) and gradients of L = ½ (σ(w x + b) - y)², each in the order of its step."""
    values = {"w": w, "x": INPUT, "b": b, "y": TARGET, "p": w * INPUT}
    values["z"] = values["p"] + b
    values["a"] = 1 / (1 + np.exp(-values["z"]))
    values["L"] = (values["a"] - TARGET) ** 2 / 2
    local = {"aL": values["a"] - TARGET, "za": values["a"] * (1 - values["a"]), "pz": 1.0, "bz": 1.0, "wp": INPUT}
    gradients = {"L": 1.0}
    for edge, derivative in local.items():
        gradients[edge[0]] = gradients[edge[1]] * derivative
    return values, local, gradients


def computation_graph():
    """A neuron and its loss as a graph, worked through step by step, there and back."""
    places = {"w": (0.65, 2.9), "x": (0.65, 1.1), "p": (2.5, 2.1), "b": (2.5, 0.6), "z": (4.1, 2.1), "a": (5.6, 2.1)}
    places |= {"y": (5.6, 0.6), "L": (7.2, 2.1)}
    figure, axes = canvas(8, 3.5, (8, 3.6))
    middles = {}
    for start, end in ("wp", "xp", "pz", "bz", "za", "aL", "yL"):
        arrow = {"arrowstyle": "-|>", "shrinkA": 16, "shrinkB": 16, "color": "gray"}
        axes.annotate("", places[end], places[start], arrowprops=arrow)
        middles[start + end] = np.mean([places[start], places[end]], axis=0)
    inside = {"p": "×", "z": "+", "a": "σ", "L": "½(·)²"}
    notes = {}
    for name, (x, y) in places.items():
        circle(axes, x, y, inside.get(name, name))
        notes[name] = axes.text(x, y + 0.36, "", ha="center", color=BLUE)
        notes["d" + name] = axes.text(x + (0.2 if name in "zL" else 0), y - 0.55, "", ha="center", color=RED)
    for edge in ("wp", "pz", "bz", "za", "aL"):
        white = {"facecolor": "white", "edgecolor": "none", "pad": 1}
        notes[edge] = axes.text(*middles[edge], "", ha="center", va="center", fontsize="small", bbox=white, zorder=5)
    title = axes.set_title(" ")
    forward = {"p": "p = w x", "z": "z = p + b", "a": "a = σ(z)", "L": "L = ½(a − y)²"}
    back = {"L": "∂L/∂L", "a": "∂L/∂a = 1 · (a − y)", "z": "∂L/∂z = ∂L/∂a · a(1 − a)", "p": "∂L/∂p = ∂L/∂z · 1"}
    back |= {"b": "∂L/∂b = ∂L/∂z · 1", "w": "∂L/∂w = ∂L/∂p · x"}

    def redraw(step, w, b):
        values, local, gradients = neuron_sweep(w, b)
        words = "Before the first step: only the inputs have values"
        for name in places:
            known = name not in forward or list(forward).index(name) < step
            notes[name].set_text(f"{name} = {signed(values[name])}" if known else "")
            done = name in back and list(back).index(name) < step - len(forward)
            notes["d" + name].set_text(f"∂L/∂{name} = {signed(gradients[name])}" if done else "")
            for edge in (edge for edge in local if edge[0] == name):
                notes[edge].set_text(f"× {signed(local[edge])}" if done else "")
        if step > len(forward):
            name = list(back)[step - len(forward) - 1]
            words = f"Back: {back[name]} = {signed(gradients[name])}"
        elif step:
            name = list(forward)[step - 1]
            words = f"Forward: {forward[name]} = {signed(values[name])}"
        title.set_text(words)
        return f"The graph of a neuron and its loss, x = {INPUT}, y = {TARGET:g}, w = {w:g}, b = {b:g}. {words}."

    controls = {
        "step": ipywidgets.IntSlider(10, min=0, max=10, description="step"),
        "w": ipywidgets.FloatSlider(-0.4, min=-3, max=3, step=0.1, description="w"),
        "b": ipywidgets.FloatSlider(0.2, min=-3, max=3, step=0.1, description="b"),
    }
    text = (
        "Set the step to 0 and walk through it: four steps forward fill in the values (above the circles), six steps "
        "back the gradients (below). Then find a w and a b for which almost no gradient comes back."
    )
    return Interactive(text, controls, figure, [*notes.values(), title], redraw)


INTERACTIVES = [computation_graph]
