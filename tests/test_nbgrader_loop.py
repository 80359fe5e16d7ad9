"""The round of an assignment by nbgrader's own commands: release, fetch, submit, collect, autograde, feedback."""

import re

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader_course import NbgraderCourse, answered
from test_package import ROOT

NAME = "step3-multi-layer-perceptron"
FIRST_HALF = ("relu", "relu-backward", "forward", "output-gradients")
SEED = 31415  # another one than the configuration's: the scores must be the same

SOURCE = nbformat.read(ROOT / "solutions" / NAME / f"{NAME}.ipynb", 4)
POINTS = {
    cell.id: cell.metadata.nbgrader.points
    for cell in SOURCE.cells
    if cell.metadata.nbgrader.grade and not cell.metadata.nbgrader.solution
}
ANSWERS = {
    "right": [cell.id for cell in SOURCE.cells if cell.metadata.nbgrader.solution],
    "half": FIRST_HALF,
    "untouched": (),
}


@pytest.fixture(scope="module")
def course(tmp_path_factory, cache):
    """A course in which three students have handed in, been graded and got their feedback."""
    course = NbgraderCourse(tmp_path_factory.mktemp("loop") / "course")
    course.nbgrader("generate_assignment", NAME)
    course.nbgrader("release_assignment", NAME)
    for student, answers in ANSWERS.items():
        home = course.root / "students" / student
        home.mkdir(parents=True)
        course.nbgrader("fetch_assignment", NAME, folder=home)
        notebook = home / NAME / f"{NAME}.ipynb"
        text = answered(notebook, course.root / "solutions" / NAME / notebook.name, answers)
        notebook.write_text(text, encoding="utf-8")
        course.nbgrader("submit", NAME, f"--student={student}", folder=home)
    course.nbgrader("collect", NAME)
    words = ["autograde", NAME, "--StockAutograde.without_sandbox=True"]
    course.nbgrader(*words, CHAINRULE_CACHE=str(cache), CHAINRULE_HIDDEN_SEED=str(SEED))
    course.nbgrader("generate_feedback", NAME)
    return course


@pytest.fixture(scope="module")
def scores(course):
    """For each student, the automatic score of each part."""
    with Gradebook(f"sqlite:///{course.root}/grader/gradebook.db", "from-the-perceptron-to-mnist") as book:
        return {
            student: {grade.name: grade.auto_score for grade in book.find_submission(NAME, student).notebooks[0].grades}
            for student in ANSWERS
        }


def test_instructors_answers_score_every_automatic_point(scores):
    assert {part: score for part, score in scores["right"].items() if part in POINTS} == POINTS
    assert sum(POINTS.values()) == 85


def test_without_the_word_for_it_autograde_refuses_in_a_sentence(course):
    with pytest.raises(AssertionError, match=f"use `grader grade {NAME}`, or, for code that you have read"):
        course.nbgrader("autograde", NAME, "--force")
    assert (course.root / "grader" / "autograded" / "right" / NAME / f"{NAME}.ipynb").exists()


def test_half_the_answers_score_their_own_points(scores):
    expected = {part: points if part.removeprefix("test-") in FIRST_HALF else 0 for part, points in POINTS.items()}
    assert {part: score for part, score in scores["half"].items() if part in POINTS} == expected


def test_untouched_release_scores_nothing(scores):
    assert {part: score or 0 for part, score in scores["untouched"].items()} == dict.fromkeys(scores["untouched"], 0)


def test_written_answers_wait_for_a_hand(scores):
    by_hand = set(scores["right"]) - set(POINTS)
    assert by_hand == {"derivation-delta", "derivation-zeros"}
    assert all(scores["right"][part] is None for part in by_hand)


@pytest.mark.parametrize(("student", "total"), [("right", 85), ("half", 35), ("untouched", 0)])
def test_feedback_is_a_page_with_the_score(course, student, total):
    page = (course.root / "grader" / "feedback" / student / NAME / f"{NAME}.html").read_text(encoding="utf-8")
    assert re.search(rf"Score: {total}(\.0)? / 100(\.0)?", page)


def test_nothing_of_grading_lands_outside_the_folders_that_git_ignores(course):
    ignored = {"submitted", "autograded", "feedback", "gradebook.db", "nbgrader_config.py"}
    assert {path.name for path in (course.root / "grader").iterdir()} <= ignored
    assert {path.name for path in course.root.iterdir()} == {
        "assignments",
        "solutions",
        "grader",
        "students",
        "exchange",
    }


def test_validate_tells_a_student_that_all_tests_pass(course, cache):
    notebook = course.root / "students" / "right" / NAME
    said = course.nbgrader("validate", f"{NAME}.ipynb", folder=notebook, CHAINRULE_CACHE=str(cache))
    assert "Success! Your notebook passes all the tests." in said


def test_validate_tells_a_student_with_an_empty_notebook_what_to_do(course, cache):
    notebook = course.root / "students" / "untouched" / NAME
    said = course.nbgrader("validate", f"{NAME}.ipynb", folder=notebook, CHAINRULE_CACHE=str(cache))
    assert f"{len(POINTS) + 2} TEST(S) DO NOT PASS YET" in said  # and the two written answers
    assert said.count("NotImplementedError: This part is not written yet: write it in place of this line.") == len(
        POINTS
    )
    assert "Restart Kernel and Run All" in said
