"""Penalties for being late: nbgrader's, for the dates, the extensions and the marks as they are now."""

import os
import re
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from test_grader_record import record, result, set_by_hand
from tiny_course import NAME, PROJECT, submit

from grader.course import Course, UserError
from grader.record import open_gradebook
from grader.schedule import grade_class
from grader.scores import read_scores

GUIDE = (PROJECT / "grader" / "README.md").read_text(encoding="utf-8")
EXTENSION, SNIPPET = re.findall(r"```python\n(.*?)```", GUIDE.split("\n## Deadlines")[1].split("\n## ")[0], re.DOTALL)
ZERO = 'c.LateSubmissionPlugin.penalty_method = "zero"'
DUE, ON_TIME, LATE = "2026-05-01 12:00 UTC", "2026-05-01 11:00:00.0 UTC", "2026-05-02 13:00:00.0 UTC"


@pytest.fixture
def late(course):
    """A course in which anna was on time and bert a day and an hour late, both graded before there was a due date."""
    for student, time in (("anna", ON_TIME), ("bert", LATE)):
        submit(course, student).with_name("timestamp.txt").write_text(time)
    record(course, result("anna"), result("bert"))
    return course


def configured(course, lines):
    """The course with more lines in its configuration."""
    path = course.root / "grader" / "nbgrader_config.py"
    path.write_text(f"{path.read_text()}\n{lines}\n")
    return Course.find(course.root)


def set_due(course, date):
    """Set the due date as formgrader and `nbgrader db assignment add` do."""
    with open_gradebook(course) as gradebook:
        gradebook.update_or_create_assignment(NAME, duedate=date)


def penalties(course):
    """What each student loses, and the score that is left, as an export has them."""
    return {row.student: (row.penalty, row.score) for row in read_scores(course, NAME)}


def stored(course, student):
    """The penalty in the gradebook, where formgrader looks."""
    with open_gradebook(course) as gradebook:
        return gradebook.find_submission(NAME, student).late_submission_penalty


def test_a_due_date_or_a_penalty_that_was_set_after_grading_counts_from_the_next_run_on(late):
    set_due(late, DUE)
    record(late)
    assert stored(late, "bert") == 0
    late = configured(late, ZERO)
    record(late)  # nothing is graded again
    assert (stored(late, "anna"), stored(late, "bert")) == (0, 7)


def test_an_export_knows_the_due_date_without_another_run(late):
    set_due(late, DUE)
    assert penalties(configured(late, ZERO)) == {"anna": (0, 7), "bert": (7, 0)}
    assert stored(late, "bert") == 7


def test_who_hands_in_again_after_the_due_date_is_late(late):
    set_due(late, DUE)
    late = configured(late, ZERO)
    submit(late, "anna").with_name("timestamp.txt").write_text(LATE)
    record(late, result("anna"))
    assert penalties(late)["anna"] == (7, 0)


def test_a_time_of_handing_in_that_arrives_after_grading_counts_and_marks_by_hand_stay(course, monkeypatch):
    monkeypatch.setattr("grader.schedule.grade_one", lambda task: result(task.student).to_json())
    course = configured(course, ZERO)
    everybody = ["anna", "bert", "carl"]
    paths = {student: submit(course, student).with_name("timestamp.txt") for student in everybody}
    paths["anna"].write_text(ON_TIME)
    grade_class(course, NAME, everybody)
    set_due(course, DUE)
    set_by_hand(course, "bert", "derivation-mean", 3)
    assert penalties(course) == {"anna": (0, 7), "bert": (0, 10), "carl": (0, 7)}
    paths["bert"].write_text(LATE)
    summary = grade_class(course, NAME, everybody)
    assert (summary.graded, summary.from_cache, summary.unchanged) == (0, 1, 2)
    assert penalties(course) == {"anna": (0, 7), "bert": (10, 0), "carl": (0, 7)}
    paths["bert"].unlink()  # it was somebody else's time
    assert grade_class(course, NAME, everybody).from_cache == 1
    assert penalties(course)["bert"] == (0, 10)
    assert grade_class(course, NAME, everybody).unchanged == 3


def test_the_guides_extension_takes_the_penalty_away_and_a_shorter_one_brings_it_back(late, monkeypatch):
    set_due(late, DUE)
    late = configured(late, ZERO)
    monkeypatch.chdir(late.root)
    lines = EXTENSION.replace('"perceptron"', f'"{NAME}"').replace('"Änne Müller"', '"bert"')
    for days, left in ((3, 7), (1, 0), (0, 0)):
        exec(lines.replace("days=3", f"days={days}"), {})
        assert penalties(late)["bert"] == (7 - left, left)
    assert stored(late, "bert") == 7


def test_zero_for_late_work_stays_zero_when_marks_are_given_by_hand_afterwards(late):
    set_due(late, DUE)
    late = configured(late, ZERO)
    record(late)
    set_by_hand(late, "bert", "derivation-mean", 3)
    assert penalties(late)["bert"] == (10, 0)


def test_nobody_is_late_when_the_due_date_is_taken_away(late):
    set_due(late, DUE)
    late = configured(late, ZERO)
    assert penalties(late)["bert"] == (7, 0)
    set_due(late, None)
    record(late)
    assert stored(late, "bert") == 0
    assert penalties(late)["bert"] == (0, 7)


def test_the_guides_ten_percent_a_day_takes_ten_percent_for_each_day_begun(late):
    late = configured(late, SNIPPET)
    set_due(late, DUE)
    assert penalties(late) == {"anna": (0, 7), "bert": (pytest.approx(1.4), pytest.approx(5.6))}
    with open_gradebook(late) as gradebook:
        gradebook.find_submission(NAME, "bert").timestamp += timedelta(days=30)
        gradebook.db.commit()
    assert penalties(late)["bert"] == (7, 0)
    for factor, penalty in ((-1, 0), (100, 7)):  # never less than nothing, never more than the score
        late = configured(late, SNIPPET.replace("return ", f"return {factor} * "))
        assert penalties(late)["bert"] == (penalty, 7 - penalty)


def test_the_guides_commands_for_the_roster_and_the_due_date_reach_the_courses_gradebook(course):
    (course.root / "roster.csv").write_text("id,first_name,last_name,email\nbert,Bert,Meier,b@example.org\n")
    exported = {"JUPYTER_CONFIG_PATH": f"{course.root}/grader"}
    exported["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    assert "bin:$PATH JUPYTER_CONFIG_PATH=$PWD/grader\n" in GUIDE
    for line in re.findall(r"^nbgrader db .*", GUIDE, re.MULTILINE):
        words = line.replace("perceptron", NAME)
        subprocess.run(words, shell=True, cwd=course.root, env=os.environ | exported, check=True, capture_output=True)
    with open_gradebook(course) as gradebook:
        assert gradebook.find_assignment(NAME).duedate == datetime(2026, 5, 1, 10)
        assert gradebook.find_student("bert").last_name == "Meier"
    assert not (course.root / "gradebook.db").exists()


def test_the_guides_way_to_take_a_submission_out_leaves_no_score_of_it(late, monkeypatch):
    monkeypatch.chdir(late.root)
    [removal] = re.findall(r"`(gradebook\.remove_submission\(.*?\))`", GUIDE)
    lines = re.sub(r"gradebook\.grant_extension.*", removal, EXTENSION)
    exec(lines.replace('"perceptron"', f'"{NAME}"').replace('"Änne Müller"', '"bert"'), {})
    assert set(penalties(late)) == {"anna"}
    record(late, result("bert"))
    assert set(penalties(late)) == {"anna", "bert"}


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (SNIPPET.replace("score * ", "nonsense * "), "penalty for bert.*TenPercentADay fails .NameError.*mend it"),
        (SNIPPET.replace("return ", "return float('nan') * "), "penalty for bert.*nan is no number of points"),
        ("c.AssignLatePenalties.plugin_class = 'nowhere.Plugin'", "plugin_class cannot be used"),
    ],
)
def test_a_plugin_that_fails_is_told_in_a_sentence_and_the_scores_are_kept(late, lines, words):
    set_due(late, DUE)
    late = configured(late, lines)
    with pytest.raises(UserError, match=words):
        record(late, result("anna", mean=0))
    with pytest.raises(UserError, match=words):
        penalties(late)
    set_due(late, None)
    assert penalties(late)["anna"] == (0, 2)
