"""Scores as a table: plain CSV, or what Moodle's and Canvas's gradebooks import."""

import csv
import io

from grader.assignment import load_assignment
from grader.collect import ORIGIN
from grader.course import Course, read_json
from grader.scores import StudentScores, read_scores

FORMATS = ("csv", "moodle", "canvas")


def export(course: Course, assignment: str, kind: str) -> str:
    """The scores of an assignment as the text of a CSV file, one column a part.

    Parameters
    ----------
    course : Course
    assignment : str
    kind : {"csv", "moodle", "canvas"}
        For the learning management systems, the columns that identify a student come first under the names that
        they expect: Moodle's grading worksheet, Canvas's gradebook.

    Returns
    -------
    str
        UTF-8 text to be written with ``newline=""``. Cells that a spreadsheet would run as a formula begin with an
        apostrophe.
    """
    cells = [cell.identity for cell in load_assignment(assignment, course.root).cells]
    rows = read_scores(course, assignment, cells)
    parts = list(rows[0].parts)
    table = {"csv": _plain, "moodle": _moodle, "canvas": _canvas}[kind](course, assignment, rows, parts)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerows([harmless(value) for value in row] for row in table)
    return text.getvalue()


def harmless(value) -> str:
    """A value as the text of a cell; what a spreadsheet would take for a formula gets an apostrophe in front."""
    if isinstance(value, int | float):
        return f"{value:g}"
    text = str(value)
    return (
        f"'{text}"
        if text.lstrip(" ")[:1] in ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
        else text
    )


def _points(row: StudentScores, parts: list[str]) -> list[float]:
    return [row.parts[part].score for part in parts]


def _plain(course, assignment, rows, parts):
    yield [
        "student",
        "name",
        "number",
        "email",
        "handed_in",
        *parts,
        "late_penalty",
        "score",
        "max_score",
        "needs_review",
    ]
    for row in rows:
        review = " ".join(name for name, part in row.parts.items() if part.review)
        time = f"{row.handed_in:%Y-%m-%d %H:%M:%S}" if row.handed_in else ""
        who = [row.student, row.name, row.number, row.email, time]
        yield [*who, *_points(row, parts), row.penalty, row.score, row.max_score, review]


def _moodle(course, assignment, rows, parts):
    yield ["Identifier", "Full name", "Email address", "Grade", "Maximum Grade", *parts]
    for row in rows:
        origin = read_json(course.submitted(row.student, assignment) / ORIGIN)
        number = origin.get("number") if origin.get("system") == "moodle" else ""
        identifier = f"Participant {number}" if number else row.student
        yield [identifier, row.name or row.student, row.email, row.score, row.max_score, *_points(row, parts)]


def _canvas(course, assignment, rows, parts):
    yield [
        "Student",
        "ID",
        "SIS User ID",
        "SIS Login ID",
        "Section",
        assignment,
        *(f"{assignment}: {part}" for part in parts),
    ]
    yield ["    Points Possible", "", "", "", "", rows[0].max_score, *(rows[0].parts[part].max_score for part in parts)]
    for row in rows:
        yield [row.name or row.student, row.number or row.student, "", "", "", row.score, *_points(row, parts)]
