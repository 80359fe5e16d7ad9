"""Interactives for pages without a kernel: an IPython extension of the kernels that run lessons for the book.

Where a lesson displays an interactive, its output then carries, under MIME, the pictures that its own `redraw` makes
for the values below, each with its words. What is more than controls and a picture, such as a canvas, stays a still.
"""

import base64
import io
import itertools

import numpy as np
from PIL import Image

MIME = "application/vnd.chainrule.frames+json"
ALL = None  # a menu's options; a slider's range in equal steps

# The controls that a page has of an interactive, where they are not the first slider alone (or else the first menu).
SWEEPS = {
    "browse_digits": {"number": range(12), "which": ALL},
    "line_against_points": {"name": ALL, "b": np.arange(-18, 7, 2) / 10},
    "perceptron_steps": {"name": ALL, "steps": [*range(13), 14, 15, 16, 18, 19, 20, 24, 26, 29, 34]},
    "descent_on_curve": {"learning_rate": [0.01, 0.05, *np.arange(1, 12) / 10]},
    "descent_on_contour": {
        "learning_rate": [0.02, 0.05, 0.1, 0.16, 0.17, 0.25, 0.35, 0.49, 0.51, 1, 1.5, 1.99, 2.01],
        "shape": ALL,
    },
    "activation_explorer": {"name": ALL, "at": np.arange(-6, 7) / 2},
    "neuron_training": {"steps": [0, 1, 2, 5, 10, 20, 40, 80, 150, 300], "bias": ALL},
    "computation_graph": {"step": ALL, "w": [-3, -1.5, -0.4, 1.5, 3]},
    "network_paths": {"weight": ALL, "change": range(-3, 4)},
    "difference_step": {
        "exponent": [-0.5, -2, -3, -4, -5, -6, -7, -8, -10, -12],
        "curve": ["sin x at 1", "ReLU at 0.001"],
        "precision": ALL,
    },
    "softmax_explorer": {"z1": range(-6, 7), "temperature": [0.5, 1, 2, 5]},
    "decision_boundary": {"data": ALL, "units": [1, 2, 3, 6, 16, 64], "stage": [0, 4, 20]},
    "bump_sum": {"curve": ALL, "count": [1, 2, 3, 4, 6, 8, 12, 16, 24, 40]},
    "batch_size_noise": {"batch_size": ALL, "halve": ALL},
    "weigh_evidence": {"number": range(8), "template": ALL},
    "optimizer_race": {"learning_rate": [0.02, 0.05, 0.09, 0.11], "steps": [0, 5, 10, 15, 20, 30, 40, 60, 80]},
    "regularised_boundary": {"remedy": ALL, "strength": ALL},
    "distorted_digit": {"strength": np.arange(13) / 4, "number": range(4)},
    "one_connection": {"notation": ALL, "layer": ALL},
    "printed_and_right": {"erratum": ALL, "at": np.arange(-6, 7) / 2},
}


def choices(control):
    """A menu's options, by their labels; None for a slider."""
    if isinstance(control.value, bool):
        return {"yes": True, "no": False}
    options = getattr(control, "options", None)
    return options and dict(option if isinstance(option, tuple) else (str(option), option) for option in options)


def evenly(control, count=11):
    """Up to `count` values of a slider over its whole range."""
    positions = np.linspace(control.min, control.max, count)
    positions = control.min + np.round((positions - control.min) / control.step) * control.step
    return np.round(control.base**positions if hasattr(control, "base") else positions, 9)


def sweep(control, values):
    """The labels and values of a control on a page, and the place of the one where it stands, which is among them."""
    options = choices(control)
    if options:
        found = {label: value for label, value in options.items() if values is ALL or value in values}
    else:
        values = [*(evenly(control) if values is ALL else values), control.value]
        values = sorted({type(control.value)(value) for value in values})
        found = {format(value, control.readout_format).replace("-", "−"): value for value in values}
    return list(found), list(found.values()), list(found.values()).index(control.value)


def frames(interactive):
    """The pictures along some controls, the others as they stand: plain data, in the order of `itertools.product`."""
    controls = interactive.controls
    first = next((name for name in controls if not choices(controls[name])), next(iter(controls)))
    maker = interactive.redraw.__qualname__.partition(".")[0]  # the function that redraw is made in
    wanted = SWEEPS.get(maker, {first: ALL})
    swept = {name: sweep(controls[name], values) for name, values in wanted.items()}
    plain = [
        {"name": controls[name].description, "labels": labels, "start": start, "menu": bool(choices(controls[name]))}
        for name, (labels, _, start) in swept.items()
    ]
    words, pictures = [], []
    for values in itertools.product(*(values for _, values, _ in swept.values())):
        words.append(interactive.redraw(**interactive.values | dict(zip(swept, values, strict=True))))
        picture, buffer = Image.open(io.BytesIO(interactive.png())), io.BytesIO()
        rounded = picture.point(lambda level: min((level + 4) // 8 * 8, 255))  # unseen, and half the bytes
        rounded.save(buffer, "WEBP", lossless=True)
        pictures.append(base64.b64encode(buffer.getvalue()).decode())
    interactive.redraw(**interactive.values)
    return {
        "text": interactive.children[0].value,
        "controls": plain,
        "others": [control.description for name, control in controls.items() if name not in swept],
        "size": picture.size,
        "words": words,
        "pictures": pictures,
    }


def bundle(interactive):
    """What an interactive displays, with its frames."""
    data = interactive._repr_mimebundle_()
    return data | {MIME: frames(interactive)} if type(interactive).__name__ == "Interactive" else data


def load_ipython_extension(shell):
    formatter = shell.display_formatter.mimebundle_formatter
    formatter.for_type_by_name("chainrule.widgets.base", "Interactive", bundle)
