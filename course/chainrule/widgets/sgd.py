"""What the size of a mini-batch does to the walk downhill (lesson 09)."""

import ipywidgets
import matplotlib.pyplot as plt
import numpy as np

from chainrule.plots import BLUE, ORANGE, RED
from chainrule.widgets.base import Interactive

MINIMUM = np.array([1.0, -0.5])


def noisy_line():
    """Points (x, 1) and targets that scatter around the line y = x - ½: inputs (256, 2), targets (256,)."""
    random = np.random.default_rng(0)
    inputs = np.stack([random.normal(0.5, 1, 256), np.ones(256)], axis=1)
    return inputs, inputs @ MINIMUM + random.normal(0, 0.8, 256)


def walk(inputs, targets, batch_size, schedule, steps, seed):
    """The weights that mini-batch descent on J = mean ½ (ŷ - y)² visits, the start first: shape (steps + 1, 2)."""
    random, path = np.random.default_rng(seed), [np.array([-1.5, 1.5])]
    for iteration in range(1, steps + 1):
        batch = random.permutation(len(inputs))[:batch_size]
        errors = inputs[batch] @ path[-1] - targets[batch]
        path.append(path[-1] - schedule(iteration) * inputs[batch].T @ errors / batch_size)
    return np.array(path)


def batch_size_noise():
    """Mini-batch descent on two weights, from one sample a step to all of them."""
    inputs, targets = noisy_line()
    figure, (axes, curves) = plt.subplots(1, 2, figsize=(8.5, 3.7), width_ratios=(1.2, 1))
    w1, w2 = np.meshgrid(np.linspace(-2, 2.5, 60), np.linspace(-2, 2, 60))
    heights = np.mean((w1[..., None] * inputs[:, 0] + w2[..., None] - targets) ** 2, axis=-1) / 2
    axes.contour(w1, w2, heights, levels=np.geomspace(0.34, 8, 9), colors=BLUE, linewidths=0.8)
    axes.set(xlabel="w₁", ylabel="w₂", xlim=(-2, 2.5), ylim=(-2, 2))
    curves.set(xlabel="step", ylabel="J over all samples", yscale="log", xlim=(0, 120), ylim=(0.2, 10))
    (path,) = axes.plot([], [], "o-", color=ORANGE, markersize=3, linewidth=0.8)
    (curve,) = curves.plot([], [], color=RED)
    title = axes.set_title(" ")

    def redraw(batch_size, learning_rate, halve, seed):
        batch_size = round(batch_size)
        points = walk(inputs, targets, batch_size, lambda t: learning_rate * (0.5 ** (t // 20 * halve)), 120, seed)
        path.set_data(*np.clip(points, -50, 50).T)
        losses = np.mean((points @ inputs.T - targets) ** 2, axis=1) / 2
        curve.set_data(np.arange(121), np.clip(losses, 0, 1e6))
        words = f"R = {batch_size}: the last 40 steps lie {points[-40:].std(axis=0).mean():.3f} apart (sd)"
        title.set_text(words)
        return f"120 steps of mini-batch descent on a contour, and the loss at each. {words}."

    controls = {
        "batch_size": ipywidgets.FloatLogSlider(
            4, base=2, min=0, max=8, step=1, readout_format=".0f", description="batch size R"
        ),
        "learning_rate": ipywidgets.FloatSlider(0.2, min=0.02, max=1, step=0.02, description="learning rate γ"),
        "halve": ipywidgets.Checkbox(False, description="halve γ every 20 steps"),
        "seed": ipywidgets.IntSlider(0, min=0, max=9, description="seed"),
    }
    text = "From R = 1 to all 256: how does the cloud at the minimum shrink? Then keep R = 1 and let γ decay instead."
    return Interactive(text, controls, figure, [path, curve, title], redraw)


INTERACTIVES = [batch_size_noise]
