"""The students' notebooks are what solutions/ gives, and give nothing away; points are what the notebooks say."""

import re

import nbformat
import pytest
from nbgrader_course import NbgraderCourse
from test_package import ROOT

from grader.thresholds import TABLE, THRESHOLDS, measure

SOLUTIONS = sorted((ROOT / "solutions").glob("*/*.ipynb"))
REGION = re.compile(r"### BEGIN (SOLUTION|HIDDEN TESTS|MARK SCHEME)\n(.*?)### END \1", re.DOTALL)
by_name = pytest.mark.parametrize("path", SOLUTIONS, ids=lambda path: path.stem)


def released(path):
    return ROOT / "assignments" / path.parent.name / path.name


def marks(cell):
    return cell.metadata.nbgrader


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    """assignments/ made anew, in a copy of the course."""
    course = NbgraderCourse(tmp_path_factory.mktemp("fresh") / "course")
    course.nbgrader("generate_assignment", "--force", "--assignment=*")
    return course.root / "assignments"


def test_assignments_are_those_of_solutions_and_no_others(fresh):
    def files(folder):
        return sorted(
            file.relative_to(folder).as_posix()
            for file in folder.rglob("*")
            if file.is_file() and not any(part.startswith(".") for part in file.relative_to(folder).parts)
        )

    assert files(ROOT / "assignments") == files(fresh)


@by_name
def test_assignment_is_not_stale(path, fresh):
    stale = released(path).read_bytes() != (fresh / path.parent.name / path.name).read_bytes()
    assert not stale, f"{path.parent.name} has changed since it was released: run `make release` and commit the result."


@by_name
def test_release_gives_no_solution_hidden_test_or_mark_scheme_away(path):
    given = {cell.id: cell.source for cell in nbformat.read(released(path), 4).cells}
    secrets = 0
    for cell in nbformat.read(path, 4).cells:
        student_sees = given[cell.id].splitlines()
        for kind, region in REGION.findall(cell.source):
            outside = REGION.sub("", cell.source).splitlines()
            secret = [line for line in region.splitlines() if line.strip() and line not in outside]
            shown = [line for line in secret if line in student_sees]
            assert not shown, f"{cell.id} shows a line of its {kind.lower()}: {shown[0]}"
            secrets += len(secret)
    assert secrets > 50
    text = released(path).read_text(encoding="utf-8")
    assert not re.search(r"(BEGIN|END) (SOLUTION|HIDDEN TESTS|MARK SCHEME)", text)
    assert str(ROOT) not in text


@by_name
def test_every_answer_and_every_test_is_where_nbgrader_looks_for_it(path):
    for cell in nbformat.read(path, 4).cells:
        kinds = [kind for kind, _ in REGION.findall(cell.source)]
        if marks(cell).solution and not marks(cell).grade:
            assert set(kinds) == {"SOLUTION"}, cell.id
        elif marks(cell).grade and not marks(cell).solution:
            assert kinds in ([], ["HIDDEN TESTS"]), cell.id
        elif marks(cell).grade:
            assert kinds == ["MARK SCHEME"], cell.id
        else:
            assert kinds == [], cell.id
        assert cell.id == marks(cell).grade_id


@by_name
def test_points_add_up_to_the_stated_sum(path):
    cells = nbformat.read(path, 4).cells
    points = sum(marks(cell).points for cell in cells if marks(cell).grade)
    stated = re.search(r"\*\*(?:sum|total)\*\*.*?\*\*(\d+)\*\*", "\n".join(cell.source for cell in cells))
    assert stated, "the notebook opens without a table whose last row is **sum**"
    assert points == int(stated[1])


@by_name
def test_notebook_is_committed_without_outputs_and_with_readable_ids(path):
    for notebook in (nbformat.read(path, 4), nbformat.read(released(path), 4)):
        for cell in notebook.cells:
            assert not cell.get("outputs")
            assert cell.get("execution_count") is None
            assert re.fullmatch(r"[a-z][a-z0-9-]*", cell.id, re.IGNORECASE), cell.id


def test_thresholds_stand_four_standard_deviations_below_the_mean_of_ten_seeds():
    rows = [line.split("|")[1:-1] for line in TABLE.read_text(encoding="utf-8").splitlines()[7:]]
    assert [(row[0].strip(), row[1].strip(), float(row[-1])) for row in rows] == [
        (threshold.assignment, threshold.measured, threshold.demanded) for threshold in THRESHOLDS
    ], "run `python -m grader.thresholds`"
    for row in rows:
        mean, deviation, demanded = float(row[2]), float(row[3]), float(row[-1])
        assert demanded <= mean - 4 * deviation + 1e-4, row


@pytest.mark.parametrize("threshold", THRESHOLDS, ids=lambda threshold: f"{threshold.assignment}-{threshold.demanded}")
def test_instructor_reaches_the_threshold_that_the_tests_demand(threshold, offline):
    cells = nbformat.read(ROOT / "solutions" / threshold.assignment / f"{threshold.assignment}.ipynb", 4).cells
    tests = "".join(cell.source for cell in cells if marks(cell).grade and not marks(cell).solution)
    assert re.search(rf"[=<>] {threshold.demanded:g}\b", tests), "the notebook demands another accuracy"
    accuracies, _ = measure(threshold, seeds=[10])
    assert accuracies[0] >= threshold.demanded


def test_the_guide_gives_every_assignments_points_by_tests_and_by_hand():
    rows = re.findall(
        r"(?m)^\| `([\w-]+)` \| [\d, ]+ \| [\d½]+ \| (\d+) \| (\d+) \|$", (ROOT / "grader" / "README.md").read_text()
    )
    found = set()
    for path in SOLUTIONS:
        graded = [cell for cell in nbformat.read(path, 4).cells if marks(cell).get("grade")]
        points = {
            kind: sum(marks(cell).points for cell in graded if cell.cell_type == kind) for kind in ("code", "markdown")
        }
        found.add((path.stem, str(points["code"]), str(points["markdown"])))
    assert set(rows) == found
