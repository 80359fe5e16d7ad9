"""Scores as a table: plain CSV, or what Moodle's assignment and Canvas's gradebook import."""

import csv
import io
from datetime import UTC, datetime

from grader.collect import ORIGIN
from grader.course import Course, UserError, read_json
from grader.record import open_gradebook
from grader.scores import PartScore, StudentScores, read_scores


def export(
    course: Course, assignment: str, kind: str, column: str | None = None, everyone: bool = False
) -> tuple[str, list[str]]:
    """The scores of an assignment as the text of a CSV file.

    Parameters
    ----------
    course : Course
    assignment : str
    kind : {"csv", "moodle", "canvas"}
        All there is, one column a part; or the total alone, under the names that the learning management system
        expects: those of Moodle's grading worksheet or of Canvas's gradebook.
    column : str, optional
        Canvas's own name of the assignment's column, with the number in brackets; without it, the assignment's.
    everyone : bool
        Whether those in the gradebook who have nothing graded are there too, with zeros.

    Returns
    -------
    text : str
        UTF-8 text to be written with ``newline=""``. Cells that a spreadsheet would run as a formula begin with an
        apostrophe.
    left_out : list of str
        The students whom Moodle could not find by such a table, because they have no participant number.

    Raises
    ------
    UserError
        If nothing has been graded, or a column is given for another format than Canvas's.
    """
    if column and kind != "canvas":
        raise UserError("--column names a column of Canvas's gradebook: use it with --format canvas.")
    rows = read_scores(course, assignment)
    if everyone:
        rows = sorted([*rows, *_without_scores(course, rows)], key=lambda row: row.student)
    left_out = []
    if kind == "moodle":
        numbers = {row.student: _participant(course, assignment, row.student) for row in rows}
        left_out = [student for student, number in numbers.items() if not number]
        table = _moodle(numbers, rows)
    else:
        table = _canvas(column or assignment, rows) if kind == "canvas" else _plain(rows)
    text = io.StringIO()
    # all in quotes, because spreadsheets in many countries cut at semicolons
    writer = csv.writer(text, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writerows([harmless(value) for value in row] for row in table)
    return text.getvalue(), left_out


def _without_scores(course: Course, rows: list[StudentScores]) -> list[StudentScores]:
    """A row of zeros for everybody in the gradebook who has none."""
    parts = {name: PartScore(0.0, part.max_score, by_hand=False, review=False) for name, part in rows[0].parts.items()}
    there = {row.student for row in rows}
    with open_gradebook(course, patience=5.0) as gradebook:
        return [
            StudentScores(
                student.id,
                key="",
                name=" ".join(part for part in (student.first_name, student.last_name) if part),
                number=student.lms_user_id or "",
                email=student.email or "",
                parts=parts,
            )
            for student in gradebook.students
            if student.id not in there
        ]


def _participant(course: Course, assignment: str, student: str) -> str:
    """Moodle's number of a student, which is another for each assignment; empty if the work did not come from there."""
    origin = read_json(course.submitted(student, assignment) / ORIGIN)
    return str(origin.get("number") or "") if origin.get("system") == "moodle" else ""


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


def _plain(rows):
    parts = list(rows[0].parts)
    who = ["student", "name", "number", "email", "handed_in"]
    yield [*who, *parts, "late_penalty", "score", "max_score", "needs_review"]
    for row in rows:
        review = " ".join(name for name, part in row.parts.items() if part.review)
        who = [row.student, row.name, row.number, row.email, _time(row.handed_in)]
        points = [row.parts[part].score for part in parts]
        yield [*who, *points, row.penalty, row.score, row.max_score, review]


def _time(time: datetime | None) -> str:
    return f"{time:%Y-%m-%d %H:%M:%S}" if time else ""


def _moodle(numbers: dict[str, str], rows):
    """Moodle's grading worksheet; it refuses one without a time of the grade, and grades changed there after that."""
    now = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    yield [
        *("Identifier", "Full name", "Email address", "Status", "Grade", "Maximum Grade", "Grade can be changed"),
        *("Last modified (submission)", "Last modified (grade)"),
    ]
    for row in rows:
        if number := numbers[row.student]:
            who = [f"Participant {number}", row.name or row.student, row.email, "Submitted for grading"]
            handed_in = f"{_time(row.handed_in)} UTC" if row.handed_in else ""
            yield [*who, row.score, row.max_score, "Yes", handed_in, now]


def _canvas(column: str, rows):
    """Canvas's gradebook; of each further column Canvas would make an assignment."""
    yield ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", column]
    yield ["    Points Possible", "", "", "", "", rows[0].max_score]
    for row in rows:
        number = row.number or row.student
        # Canvas reads 4ab1c as the user 4; whom no number tells it finds by name
        yield [row.name or row.student, number if number.isdecimal() else "", "", "", "", row.score]
