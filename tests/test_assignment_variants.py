"""Every assignment's tests are tested: right answers get full marks, each wrong one loses its own part's points."""

import io

import pytest
from rich.console import Console
from test_package import ROOT

from grader.variants import check_assignments

ASSIGNMENTS = sorted(path.name for path in (ROOT / "solutions").iterdir() if path.is_dir())
LEAST = {  # wheats and chaffs
    "perceptron": (5, 12),
    "chain-rule": (8, 25),
    "step1-single-linear-perceptron": (8, 25),
    "step2-single-perceptron": (8, 25),
    "step3-multi-layer-perceptron": (8, 25),
    "challenge": (5, 8),
}


def test_the_six_assignments_of_the_syllabus_are_there():
    assert sorted(LEAST) == ASSIGNMENTS


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_there_are_enough_right_and_wrong_answers_to_test_with(name):
    folder = ROOT / "grader" / "variants" / name
    wheats, chaffs = (len(list((folder / kind).glob("*.py"))) for kind in ("wheats", "chaffs"))
    assert wheats >= LEAST[name][0]
    assert chaffs >= LEAST[name][1]


@pytest.mark.sandbox
@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_right_answers_score_full_and_wrong_ones_lose_their_part_with_five_seeds(name, bubblewrap):
    console = Console(file=io.StringIO(), width=160)
    problems = check_assignments([name], ROOT, 1, console)
    assert problems == 0, console.file.getvalue()
