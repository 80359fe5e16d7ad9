"""A printed formula, the right one, and the central difference that decides between them (appendix B)."""

import ipywidgets
import matplotlib.pyplot as plt
import numpy as np

from chainrule.layers import sigmoid
from chainrule.plots import BLUE, ORANGE, RED
from chainrule.widgets.base import Interactive
from chainrule.widgets.graphs import signed

Z2 = 0.4472  # the second pre-activation of the running example

SAMPLES = [(1.0, 1.0), (0.5, 0.0), (-1.5, 0.0)]  # x and y


def regression_slope(w, x, y):
    """d/dw of ½ (σ(w x) - y)²."""
    return (sigmoid(x * w) - y) * sigmoid(x * w) * (1 - sigmoid(x * w)) * x


def p(z):
    """ŷ₁, the first of two softmax outputs."""
    return sigmoid(z - Z2)


# By name: the function, its derivative as printed, its derivative put right, and the variable.
ERRATA = {
    "Park: squared error of a linear unit": (
        lambda w: (0.4 * w - 0.2) ** 2,
        lambda w: (0.4 * w - 0.2) * 0.4,
        lambda w: 2 * (0.4 * w - 0.2) * 0.4,
        "w",
    ),
    "IIT Madras: regression cost of three samples": (
        lambda w: np.mean([(sigmoid(x * w) - y) ** 2 / 2 for x, y in SAMPLES], axis=0),
        lambda w: np.sum([regression_slope(w, x, y) for x, y in SAMPLES], axis=0),
        lambda w: np.mean([regression_slope(w, x, y) for x, y in SAMPLES], axis=0),
        "w",
    ),
    "Amrita: first output of a softmax": (p, lambda z: p(z) * (1 - p(z)) * -Z2, lambda z: p(z) * (1 - p(z)), "z1"),
    "Amrita: loss after a softmax, direct path only": (
        lambda z: (p(z) - 1) ** 2 + (1 - p(z)) ** 2,
        lambda z: -2 * (1 - p(z)) * p(z) * (1 - p(z)),
        lambda z: -4 * (1 - p(z)) * p(z) * (1 - p(z)),
        "z1",
    ),
}


def printed_and_right():
    """The derivative as a lecture prints it, put right, and measured by central differences."""
    figure, axes = plt.subplots()
    axes.set(xlabel="the variable", ylabel="derivative", xlim=(-3, 3), ylim=(-1.3, 1.0))
    axes.axhline(0, color="lightgray", linewidth=0.8)
    grid, dots = np.linspace(-3, 3, 121), np.linspace(-2.75, 2.75, 12)
    (printed,) = axes.plot([], [], "--", color=RED, label="as printed")
    (right,) = axes.plot([], [], color=BLUE, label="put right")
    (measured,) = axes.plot([], [], "o", color="black", markersize=5, markerfacecolor="none", label="measured")
    (here,) = axes.plot([], [], color=ORANGE, linewidth=6, alpha=0.5)
    axes.legend(loc="lower right")
    title = axes.set_title(" ")

    def redraw(erratum, at):
        f, wrong, true, name = ERRATA[erratum]
        printed.set_data(grid, wrong(grid))
        right.set_data(grid, true(grid))
        measured.set_data(dots, (f(dots + 1e-5) - f(dots - 1e-5)) / 2e-5)
        here.set_data([at, at], [wrong(at), true(at)])
        slope = (f(at + 1e-5) - f(at - 1e-5)) / 2e-5
        words = (
            f"{name} = {signed(at, 1)}: printed {signed(wrong(at))}, right {signed(true(at))}, measured {signed(slope)}"
        )
        title.set_text(words)
        return f"{erratum}: the measured derivatives lie on the curve of the right formula. {words}."

    controls = {
        "erratum": ipywidgets.Dropdown(options=list(ERRATA), description="erratum", layout={"width": "auto"}),
        "at": ipywidgets.FloatSlider(-1, min=-3, max=3, step=0.1, description="look at"),
    }
    text = (
        "The circles are central differences and know no formula. For each erratum: is there a place where the printed "
        "formula looks right? That is why one checks at more than one point."
    )
    return Interactive(text, controls, figure, [printed, right, measured, here, title], redraw)


INTERACTIVES = [printed_and_right]
