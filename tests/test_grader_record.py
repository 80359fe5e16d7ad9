"""The gradebook: every score as judged, nothing by hand lost, and no verdict never more than zero."""

import json
import os
import resource
import sqlite3
from html import unescape

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.utils import determine_grade
from tiny_course import HALF, NAME, RIGHT, answered, scores, submit

from grader.assignment import load_assignment
from grader.course import UserError
from grader.feedback import feedback_page, graded_answers
from grader.graded import defused
from grader.rebuild import rebuild
from grader.record import Recorder, open_gradebook
from grader.result import FAILED, NO_VERDICT, PASSED, PartResult, Result
from grader.scores import StudentScores, read_scores


def result(student, mean=5, double=2, verdict=None, **more):
    """A result for the tiny assignment with these points."""
    parts = [("test-mean", mean, 5), ("test-double", double, 2)]
    made = [PartResult(n, p, m, "words", "", 0, verdict or (PASSED if p else FAILED)) for n, p, m in parts]
    return Result(student, NAME, tuple(made), **more)


def record(course, *results, answers=RIGHT, **options):
    """Record results; what changed."""
    assignment = load_assignment(NAME, course.root)
    sources = rebuild(answered(answers), assignment).sources
    with Recorder(course, assignment, **options) as recorder:
        for one in results:
            submit(course, one.student, answers)
            recorder.add(f"key of {one.points}", one, sources)
        recorder.finish()
        return recorder.changes


def grade_row(course, student, name):
    """One grade, as nbgrader's own interface gives it."""
    with open_gradebook(course) as gradebook:
        grade = gradebook.find_grade(name, NAME, NAME, student)
        return grade.auto_score, grade.manual_score, grade.needs_manual_grade


def set_by_hand(course, student, name, score):
    """Score a part as formgrader does."""
    with open_gradebook(course) as gradebook:
        grade = gradebook.find_grade(name, NAME, NAME, student)
        grade.manual_score, grade.needs_manual_grade = score, False
        gradebook.find_comment("mean", NAME, NAME, student).manual_comment = "Well tried."
        gradebook.db.commit()


def test_scores_arrive_in_nbgraders_gradebook(course, monkeypatch):
    monkeypatch.setattr("grader.record.BATCH", 1)
    record(course, result("anna"), result("bert", mean=0))
    assert scores(course)["anna"] == {"test-mean": 5, "test-double": 2, "derivation-mean": 0}
    assert scores(course)["bert"]["test-mean"] == 0
    with Gradebook(course.directory.db_url, course.directory.course_id) as gradebook:
        submission = gradebook.find_submission(NAME, "anna")
        assert (submission.score, submission.max_score, submission.needs_manual_grade) == (7, 10, True)
        dicts = gradebook.submission_dicts(NAME)
        assert {one["student"]: one["code_score"] for one in dicts} == {"anna": 7, "bert": 2}


def test_a_gradebook_that_is_gone_is_made_anew_without_a_release(course):
    (course.root / "grader" / "gradebook.db").unlink()
    record(course, result("anna"))
    assert scores(course)["anna"]["test-mean"] == 5


def test_an_answer_waits_for_the_instructor_and_an_untouched_one_is_zero(course):
    record(course, result("anna"))
    assert grade_row(course, "anna", "derivation-mean") == (None, None, True)
    record(course, result("bert"), answers=RIGHT | {"derivation-mean": "YOUR ANSWER HERE"})
    assert grade_row(course, "bert", "derivation-mean") == (0, None, False)


def test_a_score_by_hand_survives_a_regrade_and_is_shown_when_the_automatic_one_moved_under_it(course):
    record(course, result("anna", mean=0))
    set_by_hand(course, "anna", "test-mean", 3.5)
    set_by_hand(course, "anna", "derivation-mean", 2)
    record(course, result("anna", mean=0))
    assert grade_row(course, "anna", "test-mean") == (0, 3.5, False)
    assert grade_row(course, "anna", "derivation-mean") == (None, 2, False)
    record(course, result("anna", mean=5))
    assert grade_row(course, "anna", "test-mean") == (5, 3.5, True)
    assert scores(course)["anna"] == {"test-mean": 3.5, "test-double": 2, "derivation-mean": 2}
    with open_gradebook(course) as gradebook:
        assert gradebook.find_comment("mean", NAME, NAME, "anna").comment == "Well tried."


def test_a_score_by_hand_asks_for_review_until_somebody_looks_when_the_answer_under_it_was_replaced(course):
    other = RIGHT | {"derivation-mean": "It is $1/R$, because the sum has slope 1."}
    record(course, result("anna"))
    set_by_hand(course, "anna", "derivation-mean", 2)
    record(course, result("anna", double=0), answers=HALF)
    assert grade_row(course, "anna", "derivation-mean") == (None, 2, False), "only another answer was changed"
    for _ in range(2):
        record(course, result("anna"), answers=other)
        assert grade_row(course, "anna", "derivation-mean") == (None, 2, True)
    set_by_hand(course, "anna", "derivation-mean", 3)
    record(course, result("anna"), answers=other)
    assert grade_row(course, "anna", "derivation-mean") == (None, 3, False)
    record(course, result("anna"), answers=RIGHT | {"derivation-mean": ""})
    assert grade_row(course, "anna", "derivation-mean") == (0, 3, True)


def test_the_answers_of_a_file_that_cannot_be_read_wait_for_the_instructor(course):
    submit(course, "anna", b"")
    with Recorder(course, load_assignment(NAME, course.root)) as recorder:
        recorder.add("key", result("anna", 0, 0, needs_review="The file is empty."), {})
        recorder.finish()
    assert grade_row(course, "anna", "derivation-mean") == (None, None, True)
    with open_gradebook(course) as gradebook:
        assert gradebook.find_comment("derivation-mean", NAME, NAME, "anna").comment is None


def test_no_verdict_is_zero_and_needs_review_and_leaves_no_old_score(course):
    record(course, result("anna"))
    changes = record(course, result("anna", mean=0, double=0, verdict=NO_VERDICT, needs_review="the worker failed"))
    assert grade_row(course, "anna", "test-mean") == (0, None, True)
    assert [(change.student, change.before, change.after) for change in changes] == [("anna", 7, 0)]
    record(course, result("bert", mean=0, double=0, verdict=NO_VERDICT))
    assert grade_row(course, "bert", "test-mean") == (0, None, True), "also where nothing says why"


@pytest.mark.parametrize(
    ("reason", "waiting"),
    [
        ("The cell 'double' ran longer than 10 seconds and was stopped.", {"test-double"}),
        ("cell 'mean': Your code ended its process.", {"test-mean", "test-double"}),
        ("cell 'double': Your code ended its process.; something without a cell", {"test-mean", "test-double"}),
        ("There is no notebook tiny.ipynb in this submission, or it cannot be read.", {"test-mean", "test-double"}),
        ("cell 'show': Your code ended its process.", set()),
    ],
)
def test_of_a_notebook_with_a_fatal_cell_only_the_parts_wait_that_failed_after_it(course, reason, waiting):
    names = ("test-mean", "test-double")
    record(course, result("anna", mean=0, double=0, needs_review=reason), result("bert", needs_review=reason))
    assert {name for name in names if grade_row(course, "anna", name)[2]} == waiting
    assert not [name for name in names if grade_row(course, "bert", name)[2]], "what is passed is passed"


def test_a_change_under_a_mark_by_hand_says_what_counts(course):
    record(course, result("anna", 0, 0), result("bert", 0, 0))
    set_by_hand(course, "anna", "test-mean", 0)
    changes = {change.student: change for change in record(course, result("anna"), result("bert"))}
    assert (changes["anna"].before, changes["anna"].after, changes["anna"].counts) == (0, 7, 2)
    assert changes["bert"].counts is None
    assert record(course, result("anna"), result("bert")) == []


def test_formgrader_has_a_name_to_show_for_everybody(course):
    submit(course, "a-1b2c").with_name("collected.json").write_text('{"name": "Änne Müller", "number": "7"}')
    record(course, result("a-1b2c"), result("bert"))
    with open_gradebook(course) as gradebook:
        shown = {one.id: f"{one.last_name}, {one.first_name}" for one in gradebook.students}  # as formgrader has it
    assert shown == {"a-1b2c": "Änne Müller, ", "bert": "bert, "}
    assert {row.student: row.name for row in read_scores(course, NAME)} == {"a-1b2c": "Änne Müller", "bert": "bert"}


def test_a_result_that_lacks_a_part_or_has_other_maxima_counts_as_no_verdict(course):
    whole = result("anna")
    record(course, Result("anna", NAME, whole.parts[:1]))
    assert grade_row(course, "anna", "test-double") == (0, None, True)
    inflated = PartResult("test-mean", 500, 500, verdict=PASSED)
    record(course, Result("bert", NAME, (inflated, whole.parts[1])))
    assert grade_row(course, "bert", "test-mean") == (0, None, True)


def test_untouched_code_gets_nbgraders_comment(course):
    record(course, result("anna"), answers=RIGHT | {"double": ""})
    with open_gradebook(course) as gradebook:
        assert gradebook.find_comment("double", NAME, NAME, "anna").comment == "No response."
        assert gradebook.find_comment("mean", NAME, NAME, "anna").comment is None


def test_the_graded_notebook_reads_the_same_to_nbgrader(course):
    outputs = {"show": [{"output_type": "stream", "name": "stdout", "text": "twice"}]}
    record(course, result("anna", double=0, outputs=outputs, notes=("A cell was moved.",)), answers=HALF)
    path = course.autograded("anna", NAME) / f"{NAME}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    cells = {cell.id: cell for cell in notebook.cells}
    assert determine_grade(cells["test-mean"]) == (5, 5)
    assert determine_grade(cells["test-double"]) == (0, 2)
    assert cells["double"].source == HALF["double"]
    assert cells["show"].outputs[0].text == "twice"
    assert "A cell was moved." in cells["grader-notes"].source
    assert "3 points for 1/R" in cells["derivation-mean-scheme"].source


def test_students_text_cannot_run_in_the_instructors_browser(course):
    from nbconvert.filters import markdown2html

    attacks = [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](&#106;avascript:alert(1))",
        "[x](javascript\\:alert(1))",
        "[x](java&Tab;script:alert(1))",
        "[x](javascr&amp;Tab;ipt:alert(1))",
        "<svg/onload=alert(1)>",
    ]
    for attack in attacks:
        html = markdown2html(defused(attack))
        assert "<script" not in html
        assert "<img" not in html
        assert "<svg" not in html
        assert 'href="javascript' not in unescape(html).lower().replace("\t", "")
    assert defused("![t](/logout) ![t](https://a.org/b.png)").count("! [t]") == 2, "nothing is fetched on opening"
    assert defused("![t](attachment:photo.png) a & b") == "![t](attachment:photo.png) a & b"
    output = {"output_type": "display_data", "metadata": {}, "data": {"text/html": "<script>", "text/plain": "x"}}
    record(course, result("anna", outputs={"show": [output]}))
    shown = json.loads((course.autograded("anna", NAME) / f"{NAME}.ipynb").read_text())
    assert "<script>" not in json.dumps(shown)


@pytest.mark.parametrize("student", ["Ada Lovelace", "j.doe", "李雷", "o'neil; DROP TABLE grade", "a-1b2c3d4e"])
def test_odd_student_ids_are_recorded_like_any_other(course, student):
    record(course, result(student))
    assert scores(course)[student]["test-mean"] == 5


def test_a_locked_gradebook_is_told_in_a_sentence_and_what_was_there_stays(course):
    record(course, result("anna"))
    lock = sqlite3.connect(course.root / "grader" / "gradebook.db")
    lock.execute("BEGIN EXCLUSIVE")
    with pytest.raises(UserError, match="gradebook is locked by another program"):
        record(course, result("bert"), patience=0)
    lock.rollback()
    assert set(scores(course)) == {"anna"}
    record(course, result("bert"))
    assert set(scores(course)) == {"anna", "bert"}


def test_a_gradebook_that_cannot_grow_is_told_in_a_sentence_and_stays_sound(course):
    everyone = [result(f"student{number:03d}") for number in range(120)]
    record(course, everyone[0])
    book = course.root / "grader" / "gradebook.db"
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (book.stat().st_size, before[1]))
    try:
        with pytest.raises(UserError, match="gradebook cannot be written .* make room.* wait in grader/.cache"):
            record(course, *everyone)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    with sqlite3.connect(book) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert len(scores(course)) < 120
    record(course, *everyone)
    assert len(scores(course)) == 120


def test_cells_that_changed_after_the_first_grading_are_told_in_a_sentence(course):
    record(course, result("anna"))
    source = course.solution(NAME)
    notebook = json.loads(source.read_text())
    notebook["cells"] = [cell for cell in notebook["cells"] if "double" not in cell["id"]]
    source.write_text(json.dumps(notebook))
    with pytest.raises(UserError, match="others than when its first submission was graded"):
        record(course, result("anna"))
    assert scores(course)["anna"]["test-double"] == 2


def test_a_passed_part_whose_answer_is_the_package_s_own_waits_and_no_other(course):
    record(course, result("anna", needs_review="the package's own function is the answer to double"))
    assert grade_row(course, "anna", "test-double") == (2, None, True)
    assert grade_row(course, "anna", "test-mean") == (5, None, False)
    record(course, result("bert", needs_review="the package's own function is the answer to mean"))
    assert [grade_row(course, "bert", name)[2] for name in ("test-mean", "test-double")] == [True, False]


def test_photos_in_an_answer_reach_formgrader_and_the_feedback_page(course):
    notebook = json.loads(answered(RIGHT))
    answer = next(cell for cell in notebook["cells"] if cell["id"] == "derivation-mean")
    answer |= {"source": "![](attachment:a.png)", "attachments": {"a.png": {"image/png": "iVBORw0KGgo="}}}
    assignment = load_assignment(NAME, course.root)
    rebuilt = rebuild(json.dumps(notebook).encode(), assignment)
    with Recorder(course, assignment) as recorder:
        recorder.add("key", result("anna"), rebuilt.sources, rebuilt.pictures)
    graded = nbformat.read(course.autograded("anna", NAME) / f"{NAME}.ipynb", as_version=4)
    cell = next(cell for cell in graded.cells if cell.id == "derivation-mean")
    ((name, picture),) = cell.attachments.items()
    assert cell.source == f"![](attachment:{name})"
    assert picture == {"image/png": "iVBORw0KGgo="}
    sources, pictures, _ = graded_answers(course, assignment, "anna")
    page = feedback_page(assignment, StudentScores("anna", "key"), result("anna"), sources or {}, pictures)
    assert 'alt="picture in your answer derivation-mean" src="data:image/png;base64,iVBORw0KGgo="' in " ".join(
        page.split()
    )


def test_a_folder_whose_name_cannot_be_a_student_is_named(course):
    (course.root / "grader" / "submitted" / os.fsdecode(b"M\xfcller") / NAME).mkdir(parents=True)
    with pytest.raises(UserError, match=r"no name for a student: 'M\\udcfcller'"):
        course.students(NAME)
