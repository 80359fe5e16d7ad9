"""A small but whole course in a temporary folder: one assignment with two tested parts and a derivation.

The part "mean" has hidden tests; the secret in them, SECRET, must never reach a student's file.
"""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from grader.course import Course

NAME = "tiny"
SECRET = 0.8642097531
PROJECT = Path(__file__).parent.parent

RIGHT = {
    "mean": "def mean(values):\n    return values.sum() / len(values)",
    "double": "def double(values):\n    return 2 * values",
    "derivation-mean": "The derivative of the mean with respect to each value is $1/R$.",
}
SUM = RIGHT | {"mean": "def mean(values):\n    return values.sum()"}
HALF = RIGHT | {"double": "def double(values):\n    return values"}


def cell(make, name, source, *, grade=False, solution=False, points=None, tags=()):
    """A cell with nbgrader's metadata and a readable id."""
    marks = {"schema_version": 3, "grade_id": name, "grade": grade, "solution": solution, "task": False}
    marks |= {"locked": not solution} | ({"points": points} if points else {})
    return make(source, id=name, metadata={"nbgrader": marks} | ({"tags": list(tags)} if tags else {}))


def solved(source):
    """A function with its body, the solution, between nbgrader's marks."""
    head, _, body = source.partition("\n")
    return f"{head}\n    ### BEGIN SOLUTION\n{body}\n    ### END SOLUTION"


def instructor_notebook():
    """The instructor's version of the assignment."""
    test_mean = f"""assert np.isclose(mean(np.array([1.0, 3.0])), 2.0), "The mean of 1 and 3 is 2: was it the sum?"
### BEGIN HIDDEN TESTS
assert np.isclose(mean(np.array([{SECRET}, {SECRET}])), {SECRET}), "The mean is wrong on other numbers."
### END HIDDEN TESTS"""
    test_double = 'assert (double(np.array([1.0, 2.0])) == [2.0, 4.0]).all(), "Each value should be doubled."'
    scheme = "### BEGIN MARK SCHEME\n3 points for 1/R, with a reason.\n### END MARK SCHEME"
    code, text = new_code_cell, new_markdown_cell
    cells = [
        cell(text, "introduction", "# A tiny assignment"),
        cell(code, "setup", "import numpy as np", tags=["setup"]),
        cell(code, "mean", solved(RIGHT["mean"]), solution=True),
        cell(code, "test-mean", test_mean, grade=True, points=5),
        cell(code, "double", solved(RIGHT["double"]), solution=True),
        cell(code, "test-double", test_double, grade=True, points=2),
        cell(code, "show", 'print("twice:", double(np.array([1.0, 2.0])))'),
        cell(text, "derivation-mean", f"Your derivation:\n{scheme}", grade=True, solution=True, points=3),
    ]
    kernel = {"name": "python3", "language": "python", "display_name": "Python 3 (ipykernel)"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


def make_course(root):
    """The course in a folder: the project's own grader configuration, and the assignment's source."""
    (root / "grader").mkdir(parents=True)
    shutil.copy(PROJECT / "grader" / "nbgrader_config.py", root / "grader")
    source = root / "solutions" / NAME / f"{NAME}.ipynb"
    source.parent.mkdir(parents=True)
    nbformat.write(instructor_notebook(), source)
    variants = root / "grader" / "variants" / NAME
    for kind, name, says, part, answer in (
        ("chaffs", "sum_for_mean", "sum instead of mean", "test-mean", f"# %% mean\n{SUM['mean']}"),
        ("chaffs", "not_doubled", "gives the values back", "test-double", f"# %% double\n{HALF['double']}"),
        ("wheats", "np_mean", "NumPy's own mean", "", "# %% mean\ndef mean(values):\n    return np.mean(values)"),
    ):
        (variants / kind).mkdir(parents=True, exist_ok=True)
        head = f"# {says}\n" + (f"# part: {part}\n" if part else "")
        (variants / kind / f"{name}.py").write_text(f"{head}{answer}\n")
    return Course.find(root)


def answered(answers):
    """The bytes of a submission: the instructor's notebook with these answers, as a student's would look."""
    notebook = instructor_notebook()
    for one in notebook.cells:
        if one.id in answers:
            one.source = answers[one.id]
        elif "HIDDEN" in one.source:
            one.source = one.source.split("\n### BEGIN")[0]
    return nbformat.writes(notebook).encode()


def submit(course, student, answers=RIGHT):
    """Put a submission, of answers by cell or of any bytes, where `grader collect` would put it."""
    path = course.submitted(student, NAME) / f"{NAME}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(answers if isinstance(answers, bytes) else answered(answers))
    return path


def command(course, *arguments):
    """The words that run `grader` on the course, without any other setting of this machine's."""
    return [sys.executable, "-m", "grader", "--course", str(course.root), *map(str, arguments)]


def run(course, *arguments, code=0, timeout=300, **options):
    """Run `grader` as an instructor would; what it printed. It must end with the exit code, and without a traceback."""
    done = subprocess.run(
        command(course, *arguments), capture_output=True, text=True, timeout=timeout, env=environment(), **options
    )
    output = done.stdout + done.stderr
    assert done.returncode == code, output
    assert "Traceback" not in output, output
    return output


def environment(course=None):
    """The environment for commands: wide enough lines, no colours; for nbgrader's own, the course's configuration."""
    found = os.environ | {"COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"}
    if course:
        found |= {"JUPYTER_CONFIG_PATH": str(course.root / "grader")}
        found |= {"TRAITLETS_APPLICATION_RAISE_CONFIG_FILE_ERROR": "1"}
    return found


def wait_until(condition, seconds=240):
    """Wait for a condition; fail if it does not come true."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "this did not happen in time"
        time.sleep(0.01)


def scores(course):
    """Each student's points by part, automatic and by hand, as the gradebook has them."""
    from grader.record import open_gradebook

    with open_gradebook(course) as gradebook:
        return {
            submission.student.id: {grade.name: grade.score for grade in submission.notebooks[0].grades}
            for submission in gradebook.assignment_submissions(NAME)
        }
