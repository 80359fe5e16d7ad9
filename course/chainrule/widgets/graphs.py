"""Computations drawn as graphs: values run forward along the arrows, gradients run back (lessons 04 and 05)."""

import ipywidgets
import matplotlib.pyplot as plt
import numpy as np

from chainrule.data import running_example
from chainrule.layers import sigmoid, softmax, softmax_backward
from chainrule.plots import BLUE, ORANGE, RED
from chainrule.widgets.base import Interactive

INPUT, TARGET = 1.5, 1.0  # x and y of the neuron in computation_graph


def canvas(width, height, size):
    """A figure without axes whose coordinates run from 0 to width and height."""
    figure, axes = plt.subplots(figsize=size)
    axes.set(xlim=(0, width), ylim=(0, height))
    axes.axis("off")
    return figure, axes


def signed(number, decimals=3):
    """The number as text, with the typographer's minus (and none before a zero)."""
    return f"{round(number, decimals) + 0.0:.{decimals}f}".replace("-", "−")


def circle(axes, x, y, name, size=900):
    """A node: a circle with its name in it."""
    axes.scatter([x], [y], s=size, facecolor="white", edgecolor="black", zorder=3)
    axes.text(x, y, name, ha="center", va="center", zorder=4)


def neuron_sweep(w, b):
    """Values, local derivatives (by edge) and gradients of L = ½ (σ(w x + b) - y)², each in the order of its step."""
    values = {"w": w, "x": INPUT, "b": b, "y": TARGET, "p": w * INPUT}
    values["z"] = values["p"] + b
    values["a"] = sigmoid(values["z"])
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


def sweep_running_example(network):
    """Activations and error terms of the running example, by the name of their column, each of shape (units,)."""
    x, y = network["x"], network["y"]
    h = sigmoid(x @ network["W1"])
    z = h @ network["W2"]
    y_hat = softmax(z)
    d_y = 2 * (y_hat - y)
    d_z = softmax_backward(d_y, z)
    d_h = (d_z @ network["W2"].T) * h * (1 - h)
    forward = {"x": x[0], "h": h[0], "z": z[0], "ŷ": y_hat[0], "L": [np.sum((y_hat - y) ** 2)]}
    return forward, {"h": d_h[0], "z": d_z[0], "ŷ": d_y[0]}


def network_paths():
    """The running example with live activations and δ; one weight's paths to the loss are drawn bold."""
    columns, units = {"x": 0.7, "h": 3.2, "z": 5.7, "ŷ": 7.6, "L": 9.4}, {"x": 4, "h": 4, "z": 2, "ŷ": 2, "L": 1}
    figure, axes = canvas(10, 6, (8, 5))
    derivative = {"h": "δ", "z": "δ", "ŷ": "∂L/∂ŷ"}
    place = {(c, k): (columns[c], 3 + 1.45 * ((n - 1) / 2 - k)) for c, n in units.items() for k in range(n)}
    order, lines, inside, below = list(columns), {}, {}, {}
    for start, end in zip(order, order[1:], strict=False):
        for i, j in np.ndindex(units[start], units[end]):
            ends = np.array([place[start, i], place[end, j]])
            gap = 0.27 * (ends[1] - ends[0]) / np.linalg.norm(ends[1] - ends[0])  # the circles' radius
            ends = (ends + [gap, -gap]).T
            axes.plot(*ends, color="lightgray", linewidth=1, zorder=1)
            lines[start, i, end, j] = axes.plot(*ends, color=ORANGE, linewidth=3, zorder=2)[0]
    for (c, k), (x, y) in place.items():
        circle(axes, x, y, "", size=850)
        inside[c, k] = axes.text(x, y, "", ha="center", va="center", color=BLUE, fontsize="small", zorder=4)
        axes.text(x, y + 0.42, c if c == "L" else f"{c}{k + 1}", ha="center", fontsize="small")
        white = {"facecolor": "white", "edgecolor": "none", "pad": 1}
        below[c, k] = axes.text(x, y - 0.58, "", ha="center", color=RED, fontsize="small", bbox=white)
    title = axes.set_title(" ")

    def redraw(weight, change, x1):
        network = running_example()
        layer, j, i = (int(digit) - (k > 0) for k, digit in enumerate(weight[1:]))  # w212: layer 2, unit 1, input 2
        network["x"][0, 0] = x1
        network[f"W{layer}"][i, j] += change
        forward, back = sweep_running_example(network)
        for c, k in place:
            inside[c, k].set_text(signed(forward[c][k], 2))
            below[c, k].set_text(f"{derivative[c]} = {signed(back[c][k])}" if c in back else "")
        reached = {("hz"[layer - 1], j)}
        for (start, a, end, b), line in lines.items():
            if (start, a) in reached:
                reached.add((end, b))
            line.set_visible((start, a) in reached or (start, a, b) == ("xh"[layer - 1], i, j))
        if layer == 2:
            value = back["z"][j] * forward["h"][i]
            words = f"∂L/∂{weight} = δ(z{j + 1}) · h{i + 1} = {signed(back['z'][j])} · {signed(forward['h'][i])}"
        else:
            value = back["h"][j] * forward["x"][i]
            by = [f"{signed(d * w)} by z{k}" for d, w, k in zip(back["z"], network["W2"][j], "12", strict=True)]
            slope = forward["h"][j] * (1 - forward["h"][j])
            words = f"∂L/∂{weight} = ({' and '.join(by)}) · {signed(slope)} · {signed(forward['x'][i], 1)}"
        words += f" = {signed(value, 4)}"
        title.set_text(words)
        return f"The running example as a network of circles, {weight} changed by {change:g}, x1 = {x1:g}. {words}."

    controls = {
        "weight": ipywidgets.Dropdown(options=["w131", "w111", "w141", "w212", "w223"], description="weight"),
        "change": ipywidgets.FloatSlider(0, min=-3, max=3, step=0.1, description="change it by"),
        "x1": ipywidgets.FloatSlider(2, min=-5, max=5, step=0.5, description="x1"),
    }
    text = (
        "Bold: how a nudge of the chosen weight reaches the loss. In the circles the values, below them the "
        "derivatives of the loss. Choose w111: how can it have a gradient of 0? Then change w212 and watch all the δ."
    )
    return Interactive(text, controls, figure, [*lines.values(), *inside.values(), *below.values(), title], redraw)


INTERACTIVES = [computation_graph, network_paths]
