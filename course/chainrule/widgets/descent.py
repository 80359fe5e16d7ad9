"""Gradient descent, with the learning rate under the student's hand (lesson 02)."""

import ipywidgets
import matplotlib.pyplot as plt
import numpy as np

from chainrule.plots import BLUE, ORANGE, RED
from chainrule.widgets.base import Interactive


def descend(gradient, start, learning_rate, steps):
    """The points that x ← x - γ ∂f/∂x visits, the start first: shape (steps + 1,) or (steps + 1, 2)."""
    points = [np.asarray(start, dtype=float)]
    for _ in range(steps):
        points.append(points[-1] - learning_rate * gradient(points[-1]))
    return np.array(points)


def verdict(ratio):
    """In a word, what steps do whose distance to the minimum changes by this factor each time."""
    if abs(ratio) > 1.001:
        return "diverges"
    if abs(ratio) > 0.999:
        return "goes back and forth for ever"
    if ratio < -0.05:
        return "overshoots, and still arrives"
    return "creeps" if ratio > 0.7 else "arrives"


def descent_on_curve():
    """Descent on f(x) = x², whose steps multiply x by 1 - 2γ."""
    figure, axes = plt.subplots()
    x = np.linspace(-4.2, 4.2, 200)
    axes.plot(x, x**2, color=BLUE)
    axes.set(xlabel="x", ylabel="f(x) = x²", xlim=(-4.2, 4.2), ylim=(-0.8, 17))
    (path,) = axes.plot([], [], "o-", color=ORANGE, markersize=5, linewidth=1)
    title = axes.set_title(" ")

    def redraw(learning_rate, start, steps):
        points = descend(lambda x: 2 * x, start, learning_rate, steps)
        path.set_data(points, points**2)
        word = verdict(1 - 2 * learning_rate) if start else "stays, for the slope is 0"
        words = f"γ = {learning_rate:.2f}: {word}; x after {steps} step{'s' * (steps != 1)} is {points[-1]:.3g}"
        title.set_text(words)
        return f"Steps of gradient descent on the parabola x squared from {start:g}. {words}."

    controls = {
        "learning_rate": ipywidgets.FloatSlider(0.1, min=0.01, max=1.1, step=0.01, description="learning rate γ"),
        "start": ipywidgets.FloatSlider(-3.5, min=-4, max=4, step=0.5, description="start"),
        "steps": ipywidgets.IntSlider(10, min=0, max=30, description="steps"),
    }
    text = (
        "Raise γ from 0.01 to 1.10. Before you do: at which values will the steps start to overshoot, and to run away?"
    )
    return Interactive(text, controls, figure, [path, title], redraw)


def descent_on_contour():
    """Descent on f = ½ (x₁² + κ x₂²), whose curvatures are 1 and κ: stable while γ < 2 / κ."""
    kappas = {"round, κ = 1": 1, "oval, κ = 4": 4, "narrow, κ = 12": 12}
    figure, (axes, losses) = plt.subplots(1, 2, figsize=(8, 3.6), width_ratios=(2, 1))
    axes.set(xlabel="x₁", ylabel="x₂", xlim=(-5, 5), ylim=(-3, 3), aspect="equal")
    losses.set(xlabel="step", ylabel="f", yscale="log", xlim=(0, 30), ylim=(1e-6, 1e6))
    grid = np.linspace(0, 2 * np.pi, 100)
    rings = [axes.plot([], [], color=BLUE, linewidth=0.8, alpha=0.7)[0] for _ in range(7)]
    (path,) = axes.plot([], [], "o-", color=ORANGE, markersize=4, linewidth=1)
    (curve,) = losses.plot([], [], color=RED)
    title = axes.set_title(" ")

    def redraw(learning_rate, shape, steps):
        kappa = kappas[shape]
        curvature = np.array([1, kappa])
        points = np.clip(descend(lambda x: curvature * x, (-4.5, 1.5), learning_rate, steps), -1e6, 1e6)
        f = 0.5 * (curvature * points**2).sum(axis=1)
        for ring, level in zip(rings, np.geomspace(0.1, 30, len(rings)), strict=True):
            ring.set_data(np.sqrt(2 * level) * np.cos(grid), np.sqrt(2 * level / kappa) * np.sin(grid))
        path.set_data(*points.T)
        curve.set_data(np.arange(steps + 1), np.maximum(f, 1e-12))
        slowest = max((1 - learning_rate * c for c in (1, kappa)), key=abs)
        words = f"γ = {learning_rate:.2f}, bound 2/κ = {2 / kappa:.3g}: {verdict(slowest)}"
        title.set_text(words)
        return f"Descent on an elliptic bowl and its loss curve. {words}."

    controls = {
        "learning_rate": ipywidgets.FloatSlider(0.1, min=0.01, max=2.1, step=0.01, description="learning rate γ"),
        "shape": ipywidgets.Dropdown(options=list(kappas), value="oval, κ = 4", description="valley"),
        "steps": ipywidgets.IntSlider(20, min=0, max=30, description="steps"),
    }
    text = (
        "Find the largest γ that still arrives in the narrow valley: which direction swings? Then set γ to 0.02: "
        "which one creeps now?"
    )
    return Interactive(text, controls, figure, [*rings, path, curve, title], redraw)


INTERACTIVES = [descent_on_curve, descent_on_contour]
