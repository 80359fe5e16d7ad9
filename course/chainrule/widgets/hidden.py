"""What hidden units do: fold the plane into regions, and add up to any curve (lesson 08)."""

from functools import cache

import ipywidgets
import matplotlib.pyplot as plt
import numpy as np

from chainrule.data import moons, spirals
from chainrule.layers import sigmoid
from chainrule.network import MLP
from chainrule.plots import BLUE, ORANGE, SKY, plane_grid, plot_regions, scatter_classes
from chainrule.training import train
from chainrule.widgets.base import Interactive

STAGES, EPOCHS_A_STAGE, RESOLUTION = 20, 15, 80
(MOONS, MOON_LABELS), (SPIRALS, SPIRAL_LABELS) = moons(200), spirals(200)
DATA = {"moons": (MOONS - [0.5, 0.25], MOON_LABELS), "spirals": (1.8 * SPIRALS, SPIRAL_LABELS)}


@cache
def trained(data, activation, units):
    """The parameters after each stage of training, 0 to STAGES; trained at the first call (0.2 s), then remembered."""
    points, labels = DATA[data]
    network = MLP((2, units, 2), activation, seed=1)
    stages = [[parameter.copy() for parameter in network.parameters]]
    for stage in range(STAGES):
        options = {"batch_size": 20, "learning_rate": 0.2, "seed": stage, "progress": False}
        train(network, points.astype(np.float32), labels, epochs=EPOCHS_A_STAGE, **options)
        stages.append([parameter.copy() for parameter in network.parameters])
    return stages


def decision_boundary():
    """The regions that one hidden layer cuts out of the plane, the line of each unit, at each stage of training."""
    figure, axes = plt.subplots(figsize=(5.2, 5))
    axes.set(xlim=(-2.2, 2.2), ylim=(-2.2, 2.2), aspect="equal")
    image = plot_regions(lambda points: np.full(len(points), 0.5), axes, RESOLUTION)
    grid = plane_grid(axes, RESOLUTION).astype(np.float32)
    squares, circles = scatter_classes(*DATA["moons"], axes).lines
    for marker in (squares, circles):
        marker.set_markersize(5)
    (folds,) = axes.plot([], [], color="black", linewidth=0.6, alpha=0.6)
    title = axes.set_title("\n ")

    def redraw(data, activation, units, stage):
        (points, labels), network = DATA[data], MLP((2, units, 2), activation)
        for parameter, value in zip(network.parameters, trained(data, activation, units)[stage], strict=True):
            parameter[...] = value
        image.set_data(network.predict(grid)[:, 1].reshape(RESOLUTION, RESOLUTION))
        for marker, label in ((squares, 0), (circles, 1)):
            marker.set_data(*points[labels == label].T)
        w, b = network.weights[0].astype(float), network.biases[0]
        foot, along = -b * w / (w * w).sum(axis=0), np.stack([-w[1], w[0]]) / np.linalg.norm(w, axis=0)
        ends = np.stack([foot - 9 * along, foot + 9 * along, np.full_like(foot, np.nan)], axis=2)
        folds.set_data(*ends.reshape(2, -1))
        accuracy = network.accuracy(points.astype(np.float32), labels)
        count = sum(parameter.size for parameter in network.parameters)
        title.set_text(
            f"{units} hidden unit{'s' * (units > 1)} ({activation}), {count} parameters\n"
            f"after {stage * EPOCHS_A_STAGE} epochs {accuracy:.1%} of the {data} are right"
        )
        words = title.get_text().replace("\n", "; ")
        return f"Two classes of points, the regions of a network with one hidden layer. {words}."

    controls = {
        "data": ipywidgets.Dropdown(options=list(DATA), description="data"),
        "activation": ipywidgets.Dropdown(options=["tanh", "relu"], description="activation"),
        "units": ipywidgets.Dropdown(options=[1, 2, 3, 4, 6, 8, 16, 64], value=3, description="hidden units"),
        "stage": ipywidgets.IntSlider(STAGES, min=0, max=STAGES, description="training"),
    }
    text = (
        "On each thin line one hidden unit has z = 0. How many units do the moons need, how many the spirals? "
        "Run the training from 0 and watch the lines take their places."
    )
    return Interactive(text, controls, figure, [image, folds, squares, circles, title], redraw)


CURVES = {
    "wave": lambda x: np.sin(2 * np.pi * x) * (1 - x / 2),
    "peak": lambda x: 1 - 2 * np.abs(2 * x - 1),
    "jump": lambda x: np.where(x < 0.45, -0.6, 0.7),
}


def bumps(function, count, steepness, x):
    """Bumps on [0, 1], each a difference of two sigmoids, as high as the function in its middle: shape (count, N)."""
    edges = np.linspace(0, 1, count + 1)
    heights = function((edges[1:] + edges[:-1]) / 2)
    edges[[0, -1]] = -1, 2  # beyond the ends, where half a bump would be missing
    rises = sigmoid(steepness * (x - edges[:, None]))
    return heights[:, None] * (rises[:-1] - rises[1:])


def bump_sum():
    """A curve and the sum of bumps that imitates it, two hidden sigmoid units to each bump."""
    figure, axes = plt.subplots()
    x = np.linspace(0, 1, 1001)
    axes.set(xlabel="x", ylabel="y", xlim=(0, 1), ylim=(-1.25, 1.35))
    (single,) = axes.plot([], [], color=SKY, linewidth=0.8, label="single bumps")
    (target,) = axes.plot([], [], color=BLUE, linestyle="--", label="wanted")
    (total,) = axes.plot([], [], color=ORANGE, label="sum of bumps")
    axes.legend(loc="upper center", ncols=3)
    title = axes.set_title(" ")

    def redraw(curve, count, steepness):
        parts = bumps(CURVES[curve], count, steepness, x)
        wanted, result = CURVES[curve](x), parts.sum(axis=0)
        target.set_data(x, wanted)
        total.set_data(x, result)
        single.set_data(np.tile(np.append(x, np.nan), count), np.pad(parts, ((0, 0), (0, 1))).ravel())
        error = np.abs(result - wanted)
        bumps_and_units = f"{count} bump{'s' * (count > 1)}, {2 * count} hidden units"
        title.set_text(f"{bumps_and_units}: error {error.mean():.3f} on average, {error.max():.3f} at most")
        return f"A curve and the sum of bumps beside it. {title.get_text()}."

    controls = {
        "curve": ipywidgets.Dropdown(options=list(CURVES), description="curve"),
        "count": ipywidgets.IntSlider(6, min=1, max=40, description="bumps"),
        "steepness": ipywidgets.IntSlider(200, min=5, max=500, step=5, description="steepness k"),
    }
    text = "Add bumps until you cannot tell the curves apart. Is steeper always better? And what does a jump ask for?"
    return Interactive(text, controls, figure, [single, target, total, title], redraw)


INTERACTIVES = [decision_boundary, bump_sum]
