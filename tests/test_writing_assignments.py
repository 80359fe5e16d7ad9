"""The page on writing an assignment: whoever follows it, step by step, gets what it says."""

import io
import re
import runpy
import shutil
from pathlib import Path

import pytest
from rich.console import Console

PROJECT = Path(__file__).parent.parent
PAGE = (PROJECT / "grader" / "writing-assignments.md").read_text(encoding="utf-8")
NAME = "rectifier"


@pytest.fixture
def followed(tmp_path, monkeypatch):
    """A course's folder in which the page's files were written and its script was run."""
    (tmp_path / "grader").mkdir()
    shutil.copy(PROJECT / "grader" / "nbgrader_config.py", tmp_path / "grader")
    monkeypatch.chdir(tmp_path)
    for name, source in re.findall(r"^`(\S+\.py)`:\n\n```python\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
    runpy.run_path(f"{NAME}.py")
    return tmp_path


def test_following_the_page_releases_an_assignment_without_solution_and_hidden_tests(followed):
    from grader.course import Course
    from grader.release import release

    released = release(Course.find(followed), NAME).read_text(encoding="utf-8")
    assert "This part is not written yet" in released
    assert not re.search("np.maximum|hidden_random|HIDDEN", released)


def test_following_the_page_gives_the_check_that_it_prints(followed, bubblewrap, cache):
    from grader.variants import check_assignments

    printed = io.StringIO()
    problems = check_assignments([NAME], followed, jobs=1, console=Console(file=printed, width=120))
    assert problems == 0, printed.getvalue()
    shown = re.search(r"^```text\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE).group(1)
    lines = {line.strip() for line in printed.getvalue().splitlines()}
    assert not [line for line in shown.splitlines() if line.strip() not in lines], printed.getvalue()


def test_the_check_names_a_hidden_test_that_was_taken_out(followed, bubblewrap, cache):
    from grader.variants import check_assignments

    notebook = followed / "solutions" / NAME / f"{NAME}.ipynb"
    weakened = notebook.read_text(encoding="utf-8").replace("assert (z == before).all()", "assert True")
    notebook.write_text(weakened, encoding="utf-8")
    printed = io.StringIO()
    problems = check_assignments([NAME], followed, jobs=1, console=Console(file=printed, width=200))
    assert problems == 1, printed.getvalue()
    assert "chaff in_place: keeps the points of test-relu" in printed.getvalue()
