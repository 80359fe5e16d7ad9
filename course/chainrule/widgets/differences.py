"""Finite differences and what spoils them: truncation, rounding and kinks (lesson 06)."""

import ipywidgets
import matplotlib.pyplot as plt
import numpy as np

from chainrule.plots import BLUE, GREEN, ORANGE, RED
from chainrule.widgets.base import Interactive

CURVES = {  # the function, its derivative, and the point where it is taken
    "sin x at 1": (np.sin, np.cos, 1.0),
    "tanh x at 0.5": (np.tanh, lambda x: 1 - np.tanh(x) ** 2, 0.5),
    "ReLU at 0.001": (lambda x: np.maximum(x, 0), lambda x: (x > 0) * 1.0, 0.001),
}
STEPS = 10.0 ** np.arange(0, -15.25, -0.25)


def difference_errors(curve, dtype):
    """Absolute errors of the forward and the central difference for each of STEPS, computed in `dtype`."""
    f, derivative, x = CURVES[curve]
    x, h = dtype(x), STEPS.astype(dtype)
    forward = (f(x + h) - f(x)) / h
    central = (f(x + h) - f(x - h)) / (2 * h)
    return np.abs(forward.astype(float) - derivative(float(x))), np.abs(central.astype(float) - derivative(float(x)))


def difference_step():
    """A function with its secant, and the error of its slope against the step h, both axes logarithmic."""
    figure, (axes, errors) = plt.subplots(1, 2, figsize=(8, 3.6), width_ratios=(1, 1.4))
    axes.set(xlabel="x", ylabel="f(x)", xlim=(-1.2, 2.4), ylim=(-1.2, 2.4))
    errors.set(
        xlabel="step h", ylabel="error of the slope", xscale="log", yscale="log", xlim=(2, 5e-16), ylim=(1e-16, 3)
    )
    grid = np.linspace(-1.2, 2.4, 200)
    (graph,) = axes.plot([], [], color=BLUE)
    (secant,) = axes.plot([], [], "o-", color=ORANGE, markersize=5)
    (forward,) = errors.plot([], [], "--", color=RED, label="forward difference")
    (central,) = errors.plot([], [], color=GREEN, label="central difference")
    (here,) = errors.plot([], [], "o", color=ORANGE, markersize=9, markerfacecolor="none", markeredgewidth=2)
    errors.legend(loc="lower right", fontsize="small")
    title = axes.set_title(" ")

    def redraw(exponent, curve, precision):
        f, _, x = CURVES[curve]
        index = int(np.argmin(np.abs(np.log10(STEPS) - exponent)))
        h = STEPS[index]
        pair = difference_errors(curve, getattr(np, precision))
        graph.set_data(grid, f(grid))
        secant.set_data([x - h, x + h], [f(x - h), f(x + h)])
        for line, values in zip((forward, central), pair, strict=True):
            line.set_data(STEPS, np.clip(values, 1.5e-16, 2))
        here.set_data([h], [np.clip(pair[1][index], 1.5e-16, 2)])
        words = f"h = {h:.1e}: central difference off by {pair[1][index]:.0e}"
        title.set_text(words)
        return f"The secant of {curve} and the error of finite differences in {precision}. {words}."

    controls = {
        "exponent": ipywidgets.FloatSlider(-0.5, min=-15, max=0, step=0.25, description="log₁₀ h"),
        "curve": ipywidgets.Dropdown(options=list(CURVES), description="function"),
        "precision": ipywidgets.Dropdown(options=["float64", "float32"], description="precision"),
    }
    text = (
        "Shrink h step by step and follow the ring. Where does smaller stop being better? Try float32, then the ReLU, "
        "whose kink lies 0.001 to the left of the point."
    )
    return Interactive(text, controls, figure, [graph, secant, forward, central, here, title], redraw)


INTERACTIVES = [difference_step]
