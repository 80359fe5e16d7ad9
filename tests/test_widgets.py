"""Interactives: each callback works over the whole range of its controls, and says in words what it shows."""

import itertools
import random
import re

import ipywidgets
import numpy as np
import pytest
from matplotlib.text import Text

from chainrule.data import gate, running_example
from chainrule.gradcheck import numerical_gradient
from chainrule.layers import sigmoid, softmax, step
from chainrule.losses import softmax_cross_entropy, squared_loss
from chainrule.widgets import (
    all_interactives,
    descent,
    differences,
    errata,
    graphs,
    hidden,
    neuron,
    outputs,
    perceptron,
    sgd,
    tuning,
)

MAKERS = all_interactives()


def settings(control):
    """Values that cover a control: both ends and some between, or every option."""
    if hasattr(control, "options"):
        options = control.options.items() if isinstance(control.options, dict) else control.options
        return [option[1] if isinstance(option, tuple) else option for option in options]
    if isinstance(control, ipywidgets.Checkbox | ipywidgets.ToggleButton):
        return [False, True]
    if isinstance(control, ipywidgets.FloatLogSlider):
        return list(control.base ** np.arange(control.min, control.max + 1))
    values = np.linspace(control.min, control.max, 7)
    return [type(control.value)(round(v / control.step) * control.step) for v in values]


@pytest.mark.parametrize("name", MAKERS)
def test_interactive_redraws_over_the_whole_range_of_its_controls(name, offline):
    interactive = MAKERS[name]()
    first = interactive.picture.value
    assert interactive.controls, "there is something to move"
    for key, control in interactive.controls.items():
        pictures = set()
        for value in settings(control):
            text = interactive.redraw(**{**interactive.values, key: value})
            assert isinstance(text, str)
            assert len(text) > 20, "the picture in words"
            assert not re.search(r"\bnan\b", text.lower())
            assert not re.search(r"\n|\ba 8\b", text), "one line, and an 8"
            pictures.add(interactive.png())
        assert len(pictures) > 1, f"{key} changes nothing"
    interactive.refresh()
    assert interactive.picture.value == first, "the same controls give the same picture"


@pytest.mark.parametrize("name", MAKERS)
def test_no_text_runs_out_of_the_picture_whatever_is_set(name, offline):
    interactive, choice = MAKERS[name](), random.Random(0).choice
    for _ in range(15):
        interactive.redraw(**{key: choice(settings(control)) for key, control in interactive.controls.items()})
        for text in (artist for artist in interactive.moving if isinstance(artist, Text) and artist.get_text()):
            box, edge = text.get_window_extent(), interactive.figure.bbox
            assert box.x0 >= edge.x0, text.get_text()
            assert box.x1 <= edge.x1, text.get_text()


@pytest.mark.parametrize("name", MAKERS)
def test_moving_a_control_changes_the_picture_and_its_alternative_text_stays_with_it(name, offline):
    interactive = MAKERS[name]()
    before = interactive.picture.value
    for control in interactive.controls.values():
        control.value = next(value for value in reversed(settings(control)) if value != control.value)
    assert interactive.picture.value != before
    assert 'alt="' in interactive.picture.value


@pytest.mark.parametrize("name", MAKERS)
def test_every_control_is_described_and_the_interactive_says_what_to_try(name, offline):
    interactive = MAKERS[name]()
    assert all(control.description for control in interactive.controls.values())
    # Its box takes whatever is typed, goes on showing it and ignores it; and a screen reader hears the option's index.
    assert not any(isinstance(control, ipywidgets.SelectionSlider) for control in interactive.controls.values())
    assert len(interactive.children[0].value) > 40


@pytest.mark.parametrize("name", MAKERS)
def test_where_no_widget_runs_a_still_picture_takes_its_place(name, offline):
    bundle = MAKERS[name]()._repr_mimebundle_()
    bundle = bundle[0] if isinstance(bundle, tuple) else bundle
    assert "data:image/png" in bundle["text/html"]
    assert "application/vnd.jupyter.widget-view+json" in bundle


def test_the_gradients_on_graphs_and_in_errata_are_those_of_finite_differences():
    at = np.array([-0.4, 0.2])
    gradients = graphs.neuron_sweep(*at)[2]
    wanted = numerical_gradient(lambda at: graphs.neuron_sweep(*at)[0]["L"], at)
    assert np.allclose([gradients["w"], gradients["b"]], wanted)
    network = running_example()
    network["W1"][0, 2] += 1
    forward, back = graphs.sweep_running_example(network)
    loss = lambda _: graphs.sweep_running_example(network)[0]["L"][0]  # noqa: E731
    by_w1 = numerical_gradient(loss, network["W1"])
    assert np.allclose(np.outer(forward["x"], back["h"]), by_w1)
    assert np.allclose(np.outer(forward["h"], back["z"]), numerical_gradient(loss, network["W2"]))
    assert graphs.network_paths().redraw("w131", 1, 2).endswith(f" = {graphs.signed(by_w1[0, 2], 4)}.")
    for function, printed, right, _ in errata.ERRATA.values():
        slopes = [float(numerical_gradient(function, np.array(x))) for x in (-1.0, 0.3, 2.0)]
        assert np.allclose([right(x) for x in (-1.0, 0.3, 2.0)], slopes)
        assert not np.allclose([printed(x) for x in (-1.0, 0.3, 2.0)], slopes)


@pytest.mark.parametrize("name", neuron.activation_explorer().controls["name"].options)
def test_the_slope_beside_an_activation_is_its_derivative(name):
    z = np.array([-2.3, -0.4, 0.7, 3.1])
    wanted = numerical_gradient(lambda z: neuron.activation_and_slope(name, z)[0].sum(), z)
    assert np.allclose(neuron.activation_and_slope(name, z)[1], wanted, atol=1e-9)


def test_what_goes_downhill_in_a_picture_goes_along_the_gradient():
    assert np.allclose(descent.descend(lambda x: 2 * x, 4.0, 0.1, 3), 4 * 0.8 ** np.arange(4))
    path = tuning.race("plain", 0.05, 10, 3)
    assert np.allclose(path, path[0] * np.array([0.95, 0.5]) ** np.arange(4)[:, None])
    inputs, targets = (np.repeat(array[:1], 4, axis=0) for array in sgd.noisy_line())  # every batch is like all of them
    path = sgd.walk(inputs, targets, 2, lambda iteration: 0.1 / iteration, 2, seed=0)
    for iteration, (before, after) in enumerate(itertools.pairwise(path), 1):
        slope = numerical_gradient(lambda w: np.mean((inputs @ w - targets) ** 2) / 2, before.copy())
        assert np.allclose(before - after, 0.1 / iteration * slope)
    (before, after), _ = neuron.train_neuron(2.0, True, 1)
    cost = lambda at: np.mean((sigmoid(at[0] * neuron.HOURS + at[1]) - neuron.PASSED) ** 2) / 2  # noqa: E731
    assert np.allclose(before - after, 2 * numerical_gradient(cost, before.copy()))
    words = [descent.verdict(ratio) for ratio in (-1.5, -1, -0.5, 0.1, 0.9)]
    assert words == ["diverges", "goes back and forth for ever", "overshoots, and still arrives", "arrives", "creeps"]


def test_the_numbers_and_curves_of_pictures_are_what_they_say():
    text = outputs.softmax_explorer().redraw(z1=2.0, z2=0.5, z3=-1.0, temperature=2.0, target=1)
    z, y = np.array([[1.0, 0.25, -0.5]]), np.eye(3)[[1]]
    squared = numerical_gradient(lambda z: squared_loss(softmax(z), y), z)
    entropy = numerical_gradient(lambda z: softmax_cross_entropy(z, y), z)
    assert ", ".join(f"{p:.3f}" for p in softmax(z)[0]) in text
    assert f"largest gradients {np.abs(squared).max():.3f} and {np.abs(entropy).max():.3f}" in text
    weights = perceptron.learn(*gate("AND"), 50)[-1]
    assert step(gate("AND")[0] @ weights[:2] + weights[2]).tolist() == [0, 0, 0, 1]
    assert np.allclose(np.array([3.0, -4.0]) @ perceptron.line_points(np.array([3.0, -4.0]), 2.0), -2)
    middles = np.arange(0.1, 1, 0.2)
    assert np.allclose(hidden.bumps(np.sin, 5, 500, middles).sum(axis=0), np.sin(middles))
    first, *_, last = hidden.trained("moons", "tanh", 3)
    assert not np.array_equal(first[0], last[0])
    forward, central = differences.difference_errors("sin x at 1", float)
    coarse = differences.difference_errors("sin x at 1", np.float32)[1]
    here = np.argmin(np.abs(differences.STEPS - 1e-3))
    assert 100 * central[here] < min(forward[here], coarse[here])
