"""The command, tried as an instructor uses it: grade, give back, report, export; and what it says when it cannot."""

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest
from tiny_course import HALF, NAME, PROJECT, RIGHT, SECRET, SUM, answered, command, environment, run, scores, submit
from typer.testing import CliRunner

from grader.cli import app
from grader.course import Course
from grader.record import open_gradebook

pytestmark = [pytest.mark.sandbox, pytest.mark.usefixtures("bubblewrap")]

LEAK = RIGHT | {"mean": "def mean(values):\n    raise ValueError(values.tolist())"}
DRAWN = """
from chainrule.plots import plt, show
show(plt.figure(figsize=(1, 1)), 'an empty square, with "nothing" in it')"""
CLASS = {
    "anna": RIGHT | {"double": RIGHT["double"] + DRAWN},
    "Bert O'Neil": SUM,
    "=cmd|' calc'!A0": SUM,
    "李雷": SUM | {"mean": "def mean(x):\n    # my own comment\n    return x.sum()"},
    "dora": HALF,
    "emil": RIGHT | {"mean": "def mean(values):\n    return values.prod()"},
    "leaky": LEAK,
    "broken": b"this is no notebook",
    "untouched": {cell: "" for cell in RIGHT},
    "writes": RIGHT | {"derivation-mean": "<script>alert(1)</script> since $1/R$"},
}


@pytest.fixture(scope="module")
def graded(released_course, tmp_path_factory):
    """A class that `grader grade` has graded, and what it printed."""
    root = tmp_path_factory.mktemp("class") / "course"
    shutil.copytree(released_course, root)
    course = Course.find(root)
    for student, answers in CLASS.items():
        submit(course, student, answers)
    course.submitted("nothing", NAME).mkdir(parents=True)
    return course, run(course, "grade", NAME, "--jobs", "2")


def test_every_submission_gets_its_honest_score(graded):
    course, output = graded
    found = {student: (parts["test-mean"], parts["test-double"]) for student, parts in scores(course).items()}
    assert found == {
        "anna": (5, 2), "Bert O'Neil": (0, 2), "=cmd|' calc'!A0": (0, 2), "李雷": (0, 2), "dora": (5, 0),
        "emil": (0, 2), "leaky": (0, 2), "broken": (0, 0), "untouched": (0, 0), "writes": (5, 2), "nothing": (0, 0),
    }  # fmt: skip
    assert "11 graded" in output


def test_the_summary_says_who_needs_review_and_why(graded):
    assert re.search(
        r"Needs review \(2\)\s+broken: The file is not a notebook.*\n\s+nothing: There is no notebook", graded[1]
    )


def test_a_second_run_grades_nothing_and_one_that_changed_is_graded_alone_and_shown(graded, tmp_path):
    course = Course.find(shutil.copytree(graded[0].root, tmp_path / "course"))
    assert "0 graded" in run(course, "grade", NAME)
    submit(course, "anna", HALF)
    submit(course, "dora", RIGHT)
    output = run(course, "grade", NAME)
    assert "2 graded" in output
    assert re.search(r"Went up \(1\)\s+dora: 5 to 7", output)
    assert re.search(r"Went down \(1\)\s+anna: 7 to 5", output)
    assert "1 graded" in run(course, "grade", NAME, "--student", "anna", "--rerun")
    assert "1 graded" in run(course, "grade", NAME, "--student", "anna", "--student", "anna", "--rerun")
    assert "no submission of tiny by nobody" in run(course, "grade", NAME, "--student", "nobody", code=1)


def test_scores_that_another_program_wrote_over_ours_are_not_kept(graded, tmp_path):
    course = Course.find(shutil.copytree(graded[0].root, tmp_path / "course"))
    with open_gradebook(course) as gradebook:
        gradebook.find_grade("test-double", NAME, NAME, "dora").auto_score = 2
        gradebook.find_grade("test-mean", NAME, NAME, "emil").manual_score = 4
        gradebook.db.commit()
    output = run(course, "grade", NAME)
    assert "0 graded" in output
    assert "1 recorded from an earlier run; 10 unchanged" in output
    assert re.search(r"Went down \(1\)\s+dora: 7 to 5", output)
    assert scores(course)["dora"]["test-double"] == 0
    assert "11 unchanged" in run(course, "grade", NAME)


def test_every_summary_says_who_waits_and_what_counts_under_marks_by_hand(graded, tmp_path):
    course = Course.find(shutil.copytree(graded[0].root, tmp_path / "course"))
    output = run(course, "grade", NAME)
    assert "11 unchanged" in output
    assert re.search(r"Needs review \(2\)\s+broken: The file is not a notebook.*\n\s+nothing: There is no", output)
    assert "Derivations waiting: 10." in output
    with open_gradebook(course) as gradebook:
        for part in ("test-mean", "test-double", "derivation-mean"):
            grade = gradebook.find_grade(part, NAME, NAME, "broken")
            grade.manual_score, grade.needs_manual_grade = 0, False
        gradebook.db.commit()
    output = run(course, "grade", NAME)
    assert re.search(r"Needs review \(1\)\s+nothing: There is no notebook", output)
    assert "Derivations waiting: 9." in output
    submit(course, "broken", RIGHT)
    output = run(course, "grade", NAME)
    assert re.search(r"Went up \(1\)\s+broken: tests 0 to 7; counts 0, by hand", output)
    assert "broken: test-double, test-mean: the tests say something new under the mark by hand" in output


def pages(course):
    """Each student's feedback as text."""
    run(course, "feedback", NAME)
    return {student: (course.feedback(student, NAME) / f"{NAME}.html").read_text() for student in scores(course)}


def test_feedback_says_in_words_what_failed_and_never_a_hidden_test_or_value(graded):
    found = pages(graded[0])
    assert len(found) == 11
    assert "7 of 10 points" in found["anna"]
    assert "was it the sum?" in found["Bert O'Neil"]
    assert "not a notebook" in found["broken"]
    assert "Waits for your instructor." in found["anna"]
    for page in found.values():
        assert str(SECRET) not in page
        assert "HIDDEN" not in page
        assert "MARK SCHEME" not in page
        assert "3 points for 1/R" not in page
        assert "Traceback" not in page
    assert "&lt;script&gt;" in found["writes"]
    assert "<script" not in found["writes"]


def test_feedback_shows_the_figures_of_right_work_with_their_alternative_text(graded):
    words = "an empty square, with &#34;nothing&#34; in it"
    assert re.search(rf'<img alt="{words}"\s+src="data:image/png;base64,[\w+/]{{100,}}=*">', pages(graded[0])["anna"])
    notebook = nbformat.read(graded[0].autograded("anna", NAME) / f"{NAME}.ipynb", as_version=4)
    (shown,) = next(cell for cell in notebook.cells if cell.id == "double").outputs
    assert "image/png" in shown.data


def test_feedback_says_in_one_sentence_that_a_file_could_not_be_read(graded):
    found = pages(graded[0])
    for student in ("broken", "nothing"):
        assert "Your file could not be read, so there are no answers to show" in found[student]
        assert "No response." not in found[student]
        assert "<h3>" not in found[student]
        assert "? of 3" in found[student]
    assert "could not be read" not in found["untouched"]
    assert "Not answered." in found["untouched"]
    assert "Not answered." not in found["anna"]


def test_feedback_shows_the_answers_that_were_graded_when_newer_ones_came_in(graded, tmp_path):
    course = Course.find(shutil.copytree(graded[0].root, tmp_path / "course"))
    submit(course, "anna", HALF)
    submit(course, "writes", b"now it is no notebook")
    submit(course, "broken", RIGHT)
    found = pages(course)
    for student in ("anna", "writes", "broken"):
        assert (
            "You have handed in newer answers, not graded yet; this page is about the earlier ones." in found[student]
        )
    assert "7 of 10 points" in found["anna"]
    assert "show(plt.figure(figsize=(1, 1))" in found["anna"]
    assert "could not be read" not in found["writes"]
    assert "since $1/R$" in found["writes"]
    assert "Your file could not be read" in found["broken"]
    for student, page in pages(graded[0]).items():
        assert "newer answers" not in page, student


def test_feedback_for_somebody_who_is_not_graded_is_refused_before_anything_is_written(graded, tmp_path):
    course = Course.find(shutil.copytree(graded[0].root, tmp_path / "course"))
    shutil.rmtree(course.root / "grader" / "feedback", ignore_errors=True)
    words = ["--student", "anna", "--student", "Nobody", "--student", "Neither"]
    assert "No graded submission of tiny by Neither, Nobody." in run(course, "feedback", NAME, *words, code=1)
    assert not (course.root / "grader" / "feedback").exists()


def test_the_feedback_archive_is_named_as_moodle_named_the_submissions(graded, tmp_path):
    course = Course.find(shutil.copytree(graded[0].root, tmp_path / "course"))
    folder = "anna_101_assignsubmission_file_"
    with zipfile.ZipFile(tmp_path / "moodle.zip", "w") as archive:
        archive.writestr(f"{folder}/tiny.ipynb", answered(RIGHT))
    run(course, "collect", tmp_path / "moodle.zip", NAME)
    run(course, "feedback", NAME, "--student", "anna", "--student", "dora", "--archive", tmp_path / "back.zip")
    with zipfile.ZipFile(tmp_path / "back.zip") as archive:
        assert sorted(archive.namelist()) == [f"{folder}/tiny.html", "dora/tiny.html"]
        assert b"7 of 10 points" in archive.read(f"{folder}/tiny.html")


def test_the_feedback_archive_keeps_everybody_apart_wherever_their_notebooks_lay(graded, tmp_path):
    course = Course.find(shutil.copytree(graded[0].root, tmp_path / "course"))
    unpacked = tmp_path / "unpacked" / "moodle"
    for folder in ("anna_101_assignsubmission_file_", "dora_102_assignsubmission_file_"):
        (unpacked / folder).mkdir(parents=True)
        (unpacked / folder / "tiny.ipynb").write_bytes(answered(RIGHT))
    run(course, "collect", unpacked.parent, NAME)
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("tiny.ipynb", answered(RIGHT))
    with zipfile.ZipFile(tmp_path / "loose.zip", "w") as archive:
        archive.writestr("emil_103_assignsubmission_file_tiny.ipynb", answered(RIGHT))
        archive.writestr("doejane_4711_9001_work.zip", inner.getvalue())
        archive.writestr("roejo_LATE_4712_9002_work.zip", inner.getvalue())
    run(course, "collect", tmp_path / "loose.zip", NAME)
    run(course, "grade", NAME)
    words = [word for student in ("anna", "dora", "emil", "4711", "4712") for word in ("--student", student)]
    run(course, "feedback", NAME, *words, "--archive", tmp_path / "back.zip")
    with zipfile.ZipFile(tmp_path / "back.zip") as archive:
        assert sorted(archive.namelist()) == [
            "anna_101_assignsubmission_file_/tiny.html",
            "doejane_4711_9001_work.html",
            "dora_102_assignsubmission_file_/tiny.html",
            "emil_103_assignsubmission_file_/tiny.html",
            "roejo_LATE_4712_9002_work.html",
        ]


def test_nbgraders_own_feedback_replaces_ours_and_hides_hidden_tests_and_mark_schemes_too(graded, tmp_path):
    course = Course.find(shutil.copytree(graded[0].root, tmp_path / "course"))
    run(course, "feedback", NAME, "--student", "emil")
    command = [Path(sys.executable).with_name("nbgrader"), "generate_feedback", NAME, "--student", "emil", "--force"]
    surroundings = environment(course) | {"PYTHONPATH": ""}  # as installed, not as tested
    nbgrader = subprocess.run(
        command, cwd=course.root, env=surroundings, capture_output=True, text=True, timeout=300, check=False
    )
    assert nbgrader.returncode == 0, nbgrader.stderr
    page = (course.feedback("emil", NAME) / f"{NAME}.html").read_text()
    assert "values.prod" in re.sub("<[^>]*>", "", page)
    assert str(SECRET) not in page
    assert "3 points for 1/R" not in page


def test_the_report_names_the_known_mistakes_and_needs_nothing_from_elsewhere(graded):
    run(graded[0], "report", NAME, "--jobs", "1")
    page = (graded[0].root / "grader" / "report" / f"{NAME}.html").read_text()
    assert re.search(r'<td class="number">4</td><td>test-mean</td>\s*<td class="known">sum instead of mean</td>', page)
    assert "gives the values back" in page
    assert page.count("<img alt=") == 4
    assert 'alt=""' not in page
    assert not re.search(r'(src|href)="(?!data:)', page)
    assert "=cmd" in page
    assert "this is no notebook" not in page
    mistakes, waiting = page.split("<h2>Mistakes</h2>")[1].split("<h2>Waiting for you</h2>")
    assert "not a notebook" not in mistakes
    assert "There is no notebook" not in mistakes
    assert "broken: The file is not a notebook" in waiting


def test_the_report_lists_what_waits_in_the_gradebook_and_not_what_is_settled(graded, tmp_path):
    course = Course.find(shutil.copytree(graded[0].root, tmp_path / "course"))
    with open_gradebook(course) as gradebook:
        for part in ("test-mean", "test-double"):
            grade = gradebook.find_grade(part, NAME, NAME, "broken")
            grade.manual_score, grade.needs_manual_grade = 1, False
        gradebook.db.commit()
    run(course, "report", NAME, "--jobs", "1")
    page = (course.root / "grader" / "report" / f"{NAME}.html").read_text()
    waits = page.split("<h2>Waiting for you</h2>")[1].split("<h2>")[0]
    assert re.findall("<summary>(.*?):", waits) == ["nothing"]
    assert "Answers that wait for a mark by hand: 10." in waits


def test_export_is_quoted_and_no_cell_is_a_formula(graded, tmp_path):
    run(graded[0], "export", NAME, "--to", tmp_path / "scores.csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "scores.csv").read_text(encoding="utf-8"))))
    assert len(rows) == 11
    row = {row["student"]: row for row in rows}
    assert row["anna"]["test-mean"] == "5"
    assert row["anna"]["score"] == "7"
    assert row["李雷"]["test-mean"] == "0"
    assert "'=cmd|' calc'!A0" in row
    assert not [value for line in rows for value in line.values() if value[:1] in ("=", "+", "-", "@", "\t", "\r")]


def from_moodle(course, student, number):
    """Have a student's submission come from Moodle, under this number."""
    note = {"name": student, "number": number, "system": "moodle"}
    (course.submitted(student, NAME) / "collected.json").write_text(json.dumps(note))


def test_moodle_gets_its_own_worksheet_of_those_whose_number_is_known(graded, tmp_path):
    course = Course.find(shutil.copytree(graded[0].root, tmp_path / "course"))
    from_moodle(course, "anna", "101")
    from_moodle(course, "dora", "102")
    output = run(course, "export", NAME, "--format", "moodle", "--to", tmp_path / "moodle.csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "moodle.csv").read_text(encoding="utf-8"))))
    assert list(rows[0]) == [
        "Identifier", "Full name", "Email address", "Status", "Grade", "Maximum Grade", "Grade can be changed",
        "Last modified (submission)", "Last modified (grade)",
    ]  # fmt: skip
    assert [(row["Identifier"], row["Grade"]) for row in rows] == [("Participant 101", "7"), ("Participant 102", "5")]
    assert all(row["Last modified (grade)"].endswith(" UTC") for row in rows)
    assert "left out, without a participant number in Moodle: " in output
    assert "李雷" in output
    assert "anna" not in output


def test_canvas_gets_the_total_alone_under_its_own_name_of_the_column(graded):
    rows = list(csv.reader(io.StringIO(run(graded[0], "export", NAME, "--format", "canvas"))))
    assert rows[0] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", NAME]
    assert rows[1][5] == "10"
    assert rows[2][1] == ""  # a student id that is no number of Canvas's would there be somebody else
    named = run(graded[0], "export", NAME, "--format", "canvas", "--column", "Tiny (4711)")
    assert next(csv.reader(io.StringIO(named)))[5:] == ["Tiny (4711)"]
    assert "use it with --format canvas" in run(graded[0], "export", NAME, "--column", "Tiny (4711)", code=1)


def test_everyone_enrolled_is_in_the_table_with_zeros_if_asked_for(graded, tmp_path):
    course = Course.find(shutil.copytree(graded[0].root, tmp_path / "course"))
    with open_gradebook(course) as book:
        book.add_student("absent", first_name="Ab", last_name="Sent", lms_user_id="77", email="a@example.org")
    assert "absent" not in run(course, "export", NAME)
    for kind, wanted in (
        ("csv", ["absent", "Ab Sent", "77", "a@example.org", "", "0", "0", "0", "0", "0", "10", ""]),
        ("canvas", ["Ab Sent", "77", "", "", "", "0"]),
    ):
        rows = csv.reader(io.StringIO(run(course, "export", NAME, "--format", kind, "--everyone")))
        assert [row for row in rows if "77" in row] == [wanted]


def test_check_holds_the_tests_against_the_variants(graded):
    assert "1 wheats, 2 of 2 chaffs caught" in run(graded[0], "check", NAME, "--jobs", "1")


def test_every_command_has_help():
    for name in ("grade", "check", "collect", "release", "feedback", "report", "export"):
        done = CliRunner().invoke(app, [name, "--help"])
        assert done.exit_code == 0
        assert "Usage:" in done.output


def test_python_takes_the_folders_of_a_course_for_no_part_of_the_grader(course):
    submit(course, "anna")
    for folder in ("variants", "feedback", "report"):  # modules have these names, too
        (course.root / "grader" / folder).mkdir(exist_ok=True)
    for words in (["grade"], ["feedback"], ["report"]):
        done = subprocess.run(
            command(course, *words, NAME), cwd=course.root, env=environment() | {"PYTHONPATH": ""},
            capture_output=True, text=True, timeout=300,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr


def test_bad_input_gets_one_sentence(course, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    assert "is in no course" in run(Course(empty, None, None), "grade", NAME, code=1)
    assert "There is no assignment 'other'; there are: tiny." in run(course, "grade", "other", code=1)
    assert "No submission of tiny was collected" in run(course, "grade", NAME, code=1)
    assert "Nothing of tiny has been graded yet" in run(course, "feedback", NAME, code=1)
    submit(course, "anna")
    assert "No Dask scheduler answers" in run(course, "grade", NAME, "--scheduler", "tcp://127.0.0.1:9", code=1)
    for lines in ("nonsense(", "c.CourseDirectory.course_id = 5", "c.CourseDirectory.db_url = 'grades'"):
        (course.root / "grader" / "nbgrader_config.py").write_text(f"c = get_config()\n{lines}")
        assert "nbgrader_config.py does not load (" in run(course, "grade", NAME, code=1)


def test_an_assignment_that_cannot_be_used_is_told_by_every_command(course, tmp_path):
    submit(course, "anna")
    course.solution(NAME).write_text("{")
    for words in (["release"], ["grade"], ["feedback"], ["report"], ["export"], ["check"], ["collect", tmp_path]):
        assert "grader: tiny.ipynb is not a notebook" in run(course, *words, NAME, code=1)
    assert (course.root / "assignments" / NAME / f"{NAME}.ipynb").exists(), "what was released stays"


def test_a_hidden_seed_that_is_no_number_gets_one_sentence(course, monkeypatch):
    submit(course, "anna")
    monkeypatch.setenv("CHAINRULE_HIDDEN_SEED", "many")
    assert "CHAINRULE_HIDDEN_SEED is set to 'many'" in run(course, "grade", NAME, code=1)


def test_the_course_may_be_given_by_a_link_or_from_below(course, tmp_path):
    (tmp_path / "link").symlink_to(course.root)
    for way in (tmp_path / "link", course.root / "grader" / ".."):
        assert "released assignments/tiny/tiny.ipynb" in run(Course(way, None, None), "release", NAME)


def test_a_name_that_is_no_assignment_releases_none(course):
    before = (course.root / "assignments" / NAME / f"{NAME}.ipynb").stat().st_mtime_ns
    assert "There is no assignment 'other'" in run(course, "release", NAME, "other", code=1)
    assert (course.root / "assignments" / NAME / f"{NAME}.ipynb").stat().st_mtime_ns == before


def test_a_folder_that_cannot_be_written_gets_one_sentence(graded, tmp_path):
    course = Course.find(shutil.copytree(graded[0].root, tmp_path / "course"))
    for folder in ("feedback", "submitted"):
        shutil.rmtree(course.root / "grader" / folder, ignore_errors=True)
        (course.root / "grader" / folder).write_text("a file where a folder should be")
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "anna.ipynb").write_bytes(answered(RIGHT))
    for words in (["feedback", NAME], ["collect", tmp_path / "class", NAME]):
        assert "grader: writing or reading failed (" in run(course, *words, code=1)


def test_an_archive_that_cannot_be_written_whole_leaves_nothing_behind(course, tmp_path, monkeypatch):
    from grader import feedback, release

    target = tmp_path / "out" / "back.zip"
    missing = tmp_path / "anna" / NAME / "no-page.html"
    with pytest.raises(FileNotFoundError):
        feedback.write_archive(course, NAME, [missing], target)
    assert list(target.parent.iterdir()) == []
    monkeypatch.setattr(release, "student_files", lambda course, names: [course.root / "no-such-file"])
    with pytest.raises(FileNotFoundError):
        release.write_archive(course)
    assert list((course.root / "dist").iterdir()) == []


def test_ctrl_c_ends_every_command_with_a_sentence(course, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("grader.release.release", interrupt)
    done = CliRunner().invoke(app, ["--course", str(course.root), "release", NAME])
    assert (done.exit_code, done.stderr) == (130, "grader: stopped.\n")


def test_a_package_that_is_missing_is_named_with_the_command_that_brings_it():
    code = "import sys; sys.modules['typer'] = None; from grader.__main__ import main; main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "grader: typer is missing: pip install 'chainrule[grader]'\n")


def test_on_windows_it_says_in_one_sentence_what_it_needs():
    code = "import sys; sys.platform = 'win32'; import grader.__main__"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "needs Linux" in done.stderr


def test_release_is_nbgraders_and_the_students_archive_holds_no_solution(course, tmp_path):
    for name in ("grader/for-students.md", "environment.yml", "pyproject.toml", "LICENSE", "Makefile"):
        shutil.copy(PROJECT / name, course.root / name)
    shutil.copytree(PROJECT / "course", course.root / "course", ignore=shutil.ignore_patterns("__pycache__"))
    run(course, "release", NAME)
    with zipfile.ZipFile(course.root / "dist" / "course-student.zip") as archive:
        names = archive.namelist()
        content = {name: archive.read(name) for name in names}
    assert "chainrule-course/assignments/tiny/tiny.ipynb" in names
    assert "chainrule-course/course/chainrule/layers.py" in names
    hidden = {f"{SECRET}".encode(), b"MARK SCHEME", b"BEGIN HIDDEN", b"BEGIN SOLUTION", RIGHT["mean"].encode()}
    for name, data in content.items():
        assert "solutions" not in name
        assert "variants" not in name
        assert not name.endswith(".db")
        if name.startswith("chainrule-course/assignments"):
            assert not [word for word in hidden if word in data], name
    notebook = nbformat.reads(content["chainrule-course/assignments/tiny/tiny.ipynb"].decode(), as_version=4)
    nbformat.validate(notebook)
    archive = course.root / "dist" / "course-student.zip"
    before = archive.read_bytes()
    run(course, "release", NAME)
    assert archive.read_bytes() == before


def test_the_archive_holds_no_assignment_that_was_not_released_with_it(course):
    other = course.root / "assignments" / "other" / "other.ipynb"
    for path in (other, course.root / "solutions" / "other" / "other.ipynb"):
        path.parent.mkdir()
        path.write_text("{}")
    run(course, "release", NAME)
    with zipfile.ZipFile(course.root / "dist" / "course-student.zip") as archive:
        names = archive.namelist()
    assert "chainrule-course/assignments/tiny/tiny.ipynb" in names
    assert not [name for name in names if "other" in name]


def test_the_terms_own_seed_decides_the_hidden_tests_and_stays_out_of_git(course):
    assert "/grader/seed" in (PROJECT / ".gitignore").read_text().splitlines()
    words = "from pathlib import Path; from grader.course import Course; from grader import schedule; "
    words += f"Course.find(Path({str(course.root)!r})); print(schedule.hidden_seed())"
    seeds = []
    for number in ("", "271828\n", "none"):
        (course.root / "grader" / "seed").write_text(number) if number else None
        clean = {name: value for name, value in environment().items() if name != "CHAINRULE_HIDDEN_SEED"}
        seeds.append(subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, env=clean))
    assert [done.stdout for done in seeds[:2]] == ["1957\n", "271828\n"]
    assert "grader/seed should hold one whole number" in seeds[2].stderr


def test_the_students_archive_installs(course, tmp_path):
    """What environment.yml asks for, `pip install -e .`, works in the unpacked archive; its README tells the truth."""
    for name in ("grader/for-students.md", "environment.yml", "pyproject.toml", "LICENSE", "Makefile"):
        shutil.copy(PROJECT / name, course.root / name)
    shutil.copytree(PROJECT / "course", course.root / "course", ignore=shutil.ignore_patterns("__pycache__"))
    from grader.release import write_archive

    with zipfile.ZipFile(write_archive(course)) as archive:
        archive.extractall(tmp_path / "student")
    unpacked = tmp_path / "student" / "chainrule-course"
    readme = (unpacked / "README.md").read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#:\s]+)\)", readme)
    assert links
    assert [link for link in links if not (unpacked / link).exists()] == []
    listed = subprocess.run(
        ["make", "--no-print-directory", "help"], cwd=unpacked, capture_output=True, text=True, check=True
    ).stdout
    targets = [line.split()[0] for line in listed.splitlines()]
    assert targets == ["help", "lab"]
    assert set(re.findall(r"`make ([a-z]+)", readme)) <= set(targets)
    options = ["--no-deps", "--no-build-isolation", "--quiet", "--disable-pip-version-check"]
    done = subprocess.run(
        [sys.executable, "-m", "pip", "install", *options, "--target", tmp_path / "site",
         unpacked],
        capture_output=True, text=True, timeout=300, env=os.environ | {"PIP_NO_INDEX": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "site" / "chainrule" / "layers.py").exists()


def test_the_submissions_of_this_test_are_what_students_write():
    notebook = nbformat.reads(answered(RIGHT).decode(), as_version=4)
    assert str(SECRET) not in nbformat.writes(notebook)
