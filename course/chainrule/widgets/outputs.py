"""From logits to probabilities to a loss and its gradient (lesson 07)."""

import ipywidgets
import matplotlib.pyplot as plt
import numpy as np

from chainrule.layers import softmax, softmax_backward
from chainrule.losses import softmax_cross_entropy
from chainrule.plots import BLUE, ORANGE, SKY
from chainrule.widgets.base import Interactive


def softmax_explorer():
    """Three logits, a temperature and a target: probabilities, both losses, and their gradients at the logits z / T."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(8.4, 3.6))
    classes = np.arange(3)
    for axes, label, limits in ((left, "probability p", (-0.14, 1.25)), (right, "gradient at z / T", (-1.1, 1.7))):
        axes.set(xticks=classes, xticklabels=["class 1", "class 2", "class 3"], ylabel=label, ylim=limits)
    right.axhline(0, color="black", linewidth=0.8)
    bars = left.bar(classes, 0.5, 0.6, color=SKY)
    numbers = [left.text(k, 0, "", ha="center", va="bottom") for k in classes]
    (star,) = left.plot([], [], "*", color="black", markersize=12, label="target")
    squared_bars = right.bar(classes - 0.2, 0.1, 0.38, color=ORANGE, hatch="//", label="squared loss, ½‖p − y‖²")
    entropy_bars = right.bar(classes + 0.2, 0.1, 0.38, color=BLUE, label="cross-entropy: p − y")
    left.legend(loc="upper left")
    right.legend(loc="upper left", fontsize="small")
    titles = [left.set_title(" "), right.set_title(" ")]

    def redraw(z1, z2, z3, temperature, target):
        logits, y = np.array([[z1, z2, z3]]) / temperature, np.eye(3)[[target]]
        p = softmax(logits)
        squared, cross_entropy = 0.5 * np.sum((p - y) ** 2), softmax_cross_entropy(logits, y)
        gradients = softmax_backward(p - y, logits)[0], (p - y)[0]
        for k in classes:
            bars[k].set_height(p[0, k])
            numbers[k].set(text=f"{p[0, k]:.3f}", y=p[0, k])
            for container, gradient in zip((squared_bars, entropy_bars), gradients, strict=True):
                container[k].set_height(gradient[k])
        star.set_data([target], [-0.07])
        titles[0].set_text(f"T = {temperature:.1f}: p = {', '.join(f'{value:.3f}' for value in p[0])}")
        titles[1].set_text(f"squared loss {squared:.3f}, cross-entropy {cross_entropy:.3f}")
        steepest = [np.abs(gradient).max() for gradient in gradients]
        return (
            f"Probabilities of three classes, target class {target + 1}. {titles[0].get_text()}; "
            f"{titles[1].get_text()}; largest gradients {steepest[0]:.3f} and {steepest[1]:.3f}."
        )

    controls = {
        name: ipywidgets.FloatSlider(value, min=-6, max=6, step=0.1, description=text)
        for name, value, text in (("z1", 2.0, "z₁"), ("z2", 0.5, "z₂"), ("z3", -1.0, "z₃"))
    }
    controls["temperature"] = ipywidgets.FloatSlider(1.0, min=0.2, max=5, step=0.1, description="temperature T")
    options = [("class 1", 0), ("class 2", 1), ("class 3", 2)]
    controls["target"] = ipywidgets.Dropdown(options=options, value=1, description="target")
    text = (
        "Make the network sure and wrong: raise a logit that is not the target's. What becomes of the two gradients? "
        "Then warm it up: how do the probabilities change with T?"
    )
    moving = [*bars, *numbers, star, *squared_bars, *entropy_bars, *titles]
    return Interactive(text, controls, figure, moving, redraw)


INTERACTIVES = [softmax_explorer]
