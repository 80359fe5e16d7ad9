"""The tests of the tests: variants are read, graded, and held against what they must score."""

from dataclasses import replace

import engine_course
import pytest
from engine_course import ANSWERS, NAME, POINTS
from rich.console import Console

from grader.assignment import load_assignment
from grader.engine import Worker
from grader.reach import Statement, _reaches, needless_cells
from grader.variants import CHAFF, VariantError, check_assignments, read_variant, submission

WHEATS = {
    "loop": "# adds in a loop\n# %% mean\ndef mean(values):\n    total = 0.0\n    for value in values:\n"
    "        total += value\n    return total / len(values)",
    "two_cells": f"# several at once\n# %% walk\n{ANSWERS['walk']}\n# %% centre\n{ANSWERS['centre']}",
}
CHAFFS = {
    "sum": "# sum for mean\n# part: test-mean\n# %% mean\ndef mean(values):\n    return values.sum()",
    "hard_coded": "# the visible case\n# part: test-mean\n# %% mean\ndef mean(values):\n    return 2.0",
    "in_place": "# changes its argument\n# part: test-centre\n# %% centre\ndef centre(values):\n"
    "    values -= values.mean()\n    return values",
    "never_ends": "# never ends\n# part: test-walk\n# %% walk\ndef walk(random, steps):\n    while True:\n        pass",
    "megabytes": "# prints\n# part: test-derivative\n# %% derivative\nprint('x' * 3_000_000)\n"
    "def derivative(function, x):\n    print('x' * 3_000_000)\n    return 0.0",
    "exits": "# kills its process\n# part: test-settings\n# %% settings\nimport os\n"
    "def settings(rate, **_):\n    os._exit(1)",
    "exits_at_once": "# kills its process\n# part: test-settings\n# %% settings\nimport os\nos._exit(1)",
}


@pytest.fixture
def check(tmp_path, offline):
    """A function that checks the assignment with these variants, and gives the problems and what it printed."""
    root = engine_course.make_course(tmp_path / "course").root

    def check(wheats=(), chaffs=(), seeds=(0, 1), jobs=1):
        for kind, variants in (("wheats", wheats), ("chaffs", chaffs)):
            folder = root / "grader" / "variants" / NAME / kind
            folder.mkdir(parents=True)
            for name in variants:
                (folder / f"{name}.py").write_text(variants[name])
        console = Console(width=150, record=True, quiet=False, file=open("/dev/null", "w"))  # noqa: SIM115
        problems = check_assignments([NAME], root, jobs, console, sandbox=False, seeds=seeds)
        return problems, console.export_text()

    return check


def test_right_and_wrong_answers_that_score_as_they_must_are_no_problem(check):
    problems, printed = check(WHEATS, CHAFFS, jobs=2)
    assert problems == 0, printed
    assert "2 wheats, 7 of 7 chaffs caught, 2 seeds, 0 problems" in printed


def test_the_matrix_shows_which_test_catches_which_chaff(check):
    _, printed = check({}, {name: CHAFFS[name] for name in ("sum", "hard_coded", "in_place")})
    rows = {line.split("│")[1].strip(): line.split("│")[2:-1] for line in printed.splitlines() if "│" in line}
    assert [mark.strip() for mark in rows["sum"]] == ["V", "", "", "", ""]
    assert [mark.strip() for mark in rows["hard_coded"]] == ["H", "", "", "", ""]
    assert [mark.strip() for mark in rows["in_place"]] == ["", "V", "", "", ""]
    assert "3 test-walk (3 points) it catches nothing alone" in printed
    assert "2 test-centre (4 points) its hidden tests catch nothing alone" in printed


WRONG = {
    "a wheat that fails": (
        {"bad": CHAFFS["sum"].replace("# part: test-mean\n", "")}, {}, "wheat bad: loses test-mean (5)",
    ),
    "a chaff that passes": (
        {}, {"good": f"# right\n# part: test-walk\n# %% walk\n{ANSWERS['walk']}"},
        "chaff good: keeps the points of test-walk",
    ),
    "a chaff of another part": (
        {}, {"other": CHAFFS["sum"].replace("test-mean", "test-walk")}, "chaff other: loses test-mean (5)",
    ),
    "a score that the seed decides": (
        {}, {"lucky": "# lucky\n# part: test-walk\n# %% walk\n" + ANSWERS["walk"].replace(
            "np.cumsum(", "7 if random.bit_generator.state['state']['state'] == STATE else np.cumsum(")},
        "chaff lucky: keeps the points of test-walk (seed 2 of 2)",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("wheats", "chaffs", "problem"), WRONG.values(), ids=WRONG)
def test_a_variant_that_scores_otherwise_is_a_problem(check, wheats, chaffs, problem):
    import numpy as np

    state = np.random.default_rng(0).bit_generator.state["state"]["state"]
    problems, printed = check(wheats, {name: text.replace("STATE", str(state)) for name, text in chaffs.items()})
    assert problems >= 1
    assert problem in printed


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("def mean(values): pass", "first line must be a comment"),
        ("# x\n# %% mean\npass", "must name the one test"),
        ("# x\n# part: test-x\n# %% mean\npass", "must name the one test"),
        ("# x\n# part: test-mean\n# %% maen\npass", "no answer cell 'maen'"),
        ("# x\n# part: test-mean\n", "replaces no answer cell"),
        ("# J\udcf6rg", "not text in UTF-8"),
    ],
)
def test_a_file_that_is_not_written_as_it_must_be_is_named(tmp_path, text, says):
    assignment = load_assignment(NAME, engine_course.make_course(tmp_path / "course").root)
    (tmp_path / "chaffs").mkdir()
    (tmp_path / "chaffs" / "bad.py").write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(VariantError, match=rf"engine/chaffs/bad.py: .*{says}"):
        read_variant(tmp_path / "chaffs" / "bad.py", CHAFF, assignment)


def test_what_is_left_out_would_have_changed_no_verdict(tmp_path, offline):
    root = engine_course.make_course(tmp_path / "course").root
    assignment = load_assignment(NAME, root)
    left_out = 0
    with Worker(root, sandbox=False) as worker:
        for name, answer in {
            "mean": "def mean(values):\n    return 1.0",
            "walk": "def walk(*_):\n    return 1.0",
        }.items():
            skip = needless_cells(assignment, {name: answer})
            left_out += sum(test.identity in skip for test in assignment.tests)
            source = submission(assignment, {name: answer})
            fast, whole = (worker.grade_seeds(source, NAME, "x", [0], skip=cells)[0] for cells in (skip, frozenset()))
            assert {p.grade_id for p in fast.parts if not p.points} == {p.grade_id for p in whole.parts if not p.points}
            assert whole.max_points - whole.points == POINTS[name]
    assert left_out == 8


def needless(tmp_path, source, **cells):
    root = engine_course.make_course(tmp_path / "course").root
    assignment = load_assignment(NAME, root)
    return needless_cells(assignment, cells or {"walk": source})


def test_an_answer_that_does_more_than_define_is_judged_by_all_later_tests(tmp_path):
    for source in (
        "np.mean = None",
        "x = np.seterr()",
        "def walk(_=print()): pass",
        "def walk(*, _=print()): pass",
        "def walk():\n    global f\n    f = 1",
    ):
        assert needless(tmp_path / str(hash(source)), source) == {"test-mean", "test-centre", "show"}
    plain = "import os\nlimit = 3\ndef walk(random, steps=3): pass"
    assert needless(tmp_path, plain) >= {"test-derivative", "test-settings"}


def test_an_answer_that_others_call_is_judged_by_their_tests_too(tmp_path):
    helper = {"walk": "def walk(random, steps): pass", "settings": "def settings(rate): return walk(1, 2)"}
    assert "test-settings" not in needless(tmp_path, "", **helper)
    calls = Statement(frozenset({"settings"}), frozenset({"walk"}))
    changed = Statement(frozenset({"walk"}), frozenset(), changed=True)
    assert _reaches(("settings",), [calls, changed]), "a function looks a name up when it is called"
    assert _reaches(("settings",), [calls, replace(changed, bound=frozenset(), loaded=frozenset({"walk"}))])
    assert not _reaches(("derivative",), [calls, changed])
