"""One neuron: its activation and the activation's slope, and how it learns (lesson 03)."""

import ipywidgets
import matplotlib.pyplot as plt
import numpy as np

from chainrule.layers import ACTIVATIONS, sigmoid, step
from chainrule.plots import BLUE, GREEN, ORANGE, RED
from chainrule.widgets.base import Interactive

HOURS = np.array([0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4])  # of practice
PASSED = np.array([0, 0, 0, 1, 0, 1, 1, 1])


def activation_and_slope(name, z):
    """f(z) and f'(z) for an activation of `layers`, the step, or "sigmoid of 4z"."""
    if name == "step":
        return step(z), np.zeros_like(z)
    name, sharpness = ("sigmoid", 4.0) if name == "sigmoid of 4z" else (name.replace(" ", "_"), 1.0)
    activation = ACTIVATIONS[name]
    return activation.function(sharpness * z), activation.backward(np.full_like(z, sharpness), sharpness * z)


def activation_explorer():
    """Each activation beside its derivative, with the tangent at a z that the student moves."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3.6))
    left.set(xlabel="z", ylabel="a = f(z)", xlim=(-5, 5), ylim=(-3.3, 3.3))
    right.set(xlabel="z", ylabel="slope f′(z)", xlim=(-5, 5), ylim=(-0.05, 1.1))
    z = np.linspace(-5, 5, 401)
    (curve,) = left.plot([], [], color=BLUE)
    (tangent,) = left.plot([], [], color=ORANGE, linestyle="--")
    (slope_curve,) = right.plot([], [], color=GREEN)
    dots = [axes.plot([], [], "o", color="black")[0] for axes in (left, right)]
    titles = [left.set_title(" "), right.set_title(" ")]

    def redraw(name, at):
        values, slopes = activation_and_slope(name, z)
        value, slope = (float(a[0]) for a in activation_and_slope(name, np.array([at])))
        values[np.append(False, np.abs(np.diff(values)) > 0.5)] = np.nan  # a jump is not a line
        slopes[np.append(False, np.abs(np.diff(slopes)) > 0.3)] = np.nan
        curve.set_data(z, values)
        slope_curve.set_data(z, slopes)
        tangent.set_data(at + np.array([-1.2, 1.2]), value + slope * np.array([-1.2, 1.2]))
        for dot, height in zip(dots, (value, slope), strict=True):
            dot.set_data([at], [height])
        titles[0].set_text(f"{name} at z = {at:.1f}: a = {value:.4f}")
        jump = name == "step" and abs(at) < 1e-9
        titles[1].set_text("no slope there: a jump" if jump else f"its slope there: {slope:.3g}")
        return f"An activation and its derivative. {titles[0].get_text()}, {titles[1].get_text()}."

    names = ["sigmoid", "sigmoid of 4z", "step", "linear", "tanh", "relu", "leaky relu", "softplus"]
    controls = {
        "name": ipywidgets.Dropdown(options=names, description="f"),
        "at": ipywidgets.FloatSlider(1.0, min=-3, max=3, step=0.1, description="z"),
    }
    text = "Where is each slope largest, and where is it nothing? Compare σ(z) with σ(4z): what would σ(100z) be?"
    return Interactive(text, controls, figure, [curve, tangent, slope_curve, *dots, *titles], redraw)


def train_neuron(learning_rate, bias, steps):
    """Descent on J = mean ½ (ŷ - y)² of a sigmoid neuron: (w, b) at each step (steps + 1, 2) and J (steps + 1,)."""
    w, b, walk, losses = 0.0, 0.0, [], []
    for _ in range(steps + 1):
        prediction = sigmoid(w * HOURS + b)
        walk.append((w, b))
        losses.append(0.5 * np.mean((prediction - PASSED) ** 2))
        delta = (prediction - PASSED) * prediction * (1 - prediction) / len(HOURS)
        w, b = w - learning_rate * delta @ HOURS, b - learning_rate * delta.sum() * bias
    return np.array(walk), np.array(losses)


def neuron_training():
    """A sigmoid neuron learns eight points, with a bias or without, at a learning rate of the student's."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3.6), width_ratios=(1.4, 1))
    left.set(xlabel="hours of practice x", ylabel="ŷ", xlim=(-0.5, 5), ylim=(-0.1, 1.1))
    right.set(xlabel="step", ylabel="mean loss J", xlim=(0, 300), ylim=(0, 0.15))
    left.plot(HOURS, PASSED, "o", color=BLUE)
    x = np.linspace(-0.5, 5, 200)
    (curve,) = left.plot([], [], color=ORANGE)
    (gaps,) = left.plot([], [], color=RED, linewidth=1, linestyle=":")
    (loss,) = right.plot([], [], color=RED)
    title = left.set_title(" ")

    def redraw(learning_rate, steps, bias):
        walk, losses = train_neuron(learning_rate, bias, steps)
        w, b = walk[-1]
        curve.set_data(x, sigmoid(w * x + b))
        none = np.full(len(HOURS), np.nan)
        gaps.set_data(
            np.stack([HOURS, HOURS, none]).T.ravel(), np.stack([PASSED, sigmoid(w * HOURS + b), none]).T.ravel()
        )
        loss.set_data(np.arange(steps + 1), losses)
        title.set_text(f"step {steps}: w = {w:.2f}, b = {b:.2f}, J = {losses[-1]:.4f}")
        return f"A sigmoid curve, eight points that are 0 or 1, and the loss at each step. {title.get_text()}."

    controls = {
        "learning_rate": ipywidgets.FloatSlider(2.0, min=0.1, max=8, step=0.1, description="learning rate γ"),
        "steps": ipywidgets.IntSlider(40, min=0, max=300, description="step"),
        "bias": ipywidgets.Checkbox(True, description="bias"),
    }
    text = "Train on to step 300. Then take the bias away: which point does every curve go through now?"
    return Interactive(text, controls, figure, [gaps, curve, loss, title], redraw)


INTERACTIVES = [activation_explorer, neuron_training]
