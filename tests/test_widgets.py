"""Interactives: each callback works over the whole range of its controls, and says in words what it shows."""

import random
import re

import ipywidgets
import numpy as np
import pytest
from matplotlib.text import Text

from chainrule.widgets import all_interactives

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
