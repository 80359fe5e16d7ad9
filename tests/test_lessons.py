"""Every lesson runs from top to bottom offline, says true numbers, and keeps to the course's form."""

import ast
import re
import statistics

import nbformat
import pytest
from lessons import COURSE, LESSONS, execute, stated_numbers

from chainrule.widgets import all_interactives

TITLES = [path.stem for path in LESSONS]


@pytest.mark.parametrize("path", LESSONS, ids=TITLES)
def test_lesson_runs_offline_without_error_or_stderr_and_its_stated_numbers_hold(path, tmp_path, offline):
    run = execute(path, tmp_path)
    assert not run.errors, run.errors[0]
    assert not run.stderr
    assert not run.wrong_numbers
    assert list(tmp_path.iterdir()) == [], "a lesson leaves no file behind"


def cells_of(path, kind):
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == kind]


@pytest.mark.parametrize("path", LESSONS, ids=TITLES)
def test_lesson_is_committed_without_outputs_and_with_readable_ids(path):
    for cell in nbformat.read(path, as_version=4).cells:
        assert re.fullmatch(r"[a-z][a-z0-9-]*", cell.id), f"{cell.id} is not a readable cell id"
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None


@pytest.mark.parametrize("path", LESSONS, ids=TITLES)
def test_code_cells_are_short(path):
    lengths = [len(cell.source.splitlines()) for cell in cells_of(path, "code")]
    assert statistics.median(lengths) <= 6
    assert max(lengths) <= 20 or path.stem.startswith("04"), "only the scalar automatic differentiator is longer"


@pytest.mark.parametrize("path", LESSONS, ids=TITLES)
def test_every_figure_has_alternative_text(path):
    for cell in cells_of(path, "code"):
        if "plt.subplots" in cell.source or "plots.show_images" in cell.source or "plots.plot_" in cell.source:
            shown = [
                node
                for node in ast.walk(ast.parse(cell.source.replace("%matplotlib", "#")))
                if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "show"
            ]
            assert shown, f"{cell.id} draws a figure but does not plots.show(figure, alt) it"
            assert all(len(call.args) == 2 for call in shown), f"{cell.id} shows a figure without alternative text"
    for cell in cells_of(path, "markdown"):
        assert "![](" not in cell.source, f"{cell.id} has a picture without alternative text"


@pytest.mark.parametrize("path", LESSONS, ids=TITLES)
def test_links_between_lessons_lead_somewhere(path):
    for cell in cells_of(path, "markdown"):
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", cell.source):
            assert (COURSE / target).exists(), f"{cell.id} links to {target}, which is not there"


def test_every_interactive_stands_in_a_lesson_with_its_still_picture():
    text = "\n".join(path.read_text(encoding="utf-8") for path in LESSONS)
    for name in all_interactives():
        assert f"{name}(" in text, f"no lesson uses {name}"
        assert f"figures/{name}.png" in text, f"no lesson shows the still picture of {name}"
        assert (COURSE / "figures" / f"{name}.png").is_file(), f"run `make figures`: {name}.png is missing"


def test_no_two_lessons_open_or_close_with_the_same_phrase():
    for place in (0, -1):
        phrases = {}
        for path in LESSONS:
            text = re.sub(r"(?m)^#.*$", "", cells_of(path, "markdown")[place].source).strip()
            phrases.setdefault(" ".join(text.split()[:5] if place == 0 else text.split()[-8:]), []).append(path.stem)
        assert all(len(stems) == 1 for stems in phrases.values()), phrases


def test_a_number_that_the_text_states_wrongly_is_found():
    stated, half_unit, expression, tolerance = stated_numbers("so **0.77**<!--= y[0] --> of it")[0]
    assert (stated, half_unit, expression, tolerance) == (0.77, 0.005, "y[0]", 0)
    assert stated_numbers("91.5 %<!--= a ~ 0.02 -->")[0] == (pytest.approx(0.915), pytest.approx(0.0005), "a", 0.02)
