"""What the gradebook says about an assignment, read once for a page, a table or a figure."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from nbgrader.api import (
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    GradeCell,
    Notebook,
    SolutionCell,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError

from grader.assignment import MANUAL, load_assignment
from grader.course import Course, UserError
from grader.record import in_words, open_gradebook
from grader.recorded import RECORDED, TABLES, write_penalties
from grader.schedule import Results


@dataclass(frozen=True)
class PartScore:
    """One part of one student's submission: what counts, what may be had, and whether an instructor must look."""

    score: float
    max_score: float
    by_hand: bool
    review: bool


@dataclass
class StudentScores:
    """One student's row; `key` is that of the result in the cache, `comments` are by the id of the answer's cell."""

    student: str
    key: str
    name: str = ""
    number: str = ""
    email: str = ""
    handed_in: datetime | None = None
    penalty: float = 0.0
    parts: dict[str, PartScore] = field(default_factory=dict)
    comments: dict[str, str] = field(default_factory=dict)

    @property
    def score(self) -> float:
        """The points that count: by hand where there are any, less the penalty for being late, never below zero."""
        return max(0.0, sum(part.score for part in self.parts.values()) - self.penalty)

    @property
    def max_score(self) -> float:
        """The points to be had."""
        return sum(part.max_score for part in self.parts.values())


def read_scores(course: Course, assignment: str) -> list[StudentScores]:
    """Every graded submission of an assignment, sorted by student, parts in notebook order.

    Raises
    ------
    UserError
        If nothing has been graded yet, the gradebook cannot be used, or the plugin for penalties fails.
    """
    cells = load_assignment(assignment, course.root).cells
    with _gradebook(course) as gradebook:
        write_penalties(gradebook, course.config, assignment)  # marks by hand may have changed what is taken off
        rows = _students(gradebook, assignment)
        _fill(gradebook, rows)
    if not rows:
        raise UserError(f"Nothing of {assignment} has been graded yet; see `grader grade --help`.")
    place = {cell.identity: position for position, cell in enumerate(cells)}
    for row in rows.values():
        row.parts = dict(sorted(row.parts.items(), key=lambda item: (place.get(item[0], len(place)), item[0])))
    return sorted(rows.values(), key=lambda row: row.student)


def waiting(course: Course, name: str) -> tuple[dict[str, str], int]:
    """Who has tested parts that wait for the instructor, and why; and how many answers wait for a mark by hand."""
    assignment = load_assignment(name, course.root)
    by_hand = {cell.identity for cell in assignment.of_role(MANUAL)}
    query = (
        select(RECORDED.c.student, RECORDED.c.key, GradeCell.name, Grade.manual_score)
        .join(SubmittedAssignment, SubmittedAssignment.student_id == RECORDED.c.student)
        .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Notebook, (SubmittedNotebook.notebook_id == Notebook.id) & (Notebook.name == RECORDED.c.assignment))
        .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
        .join(GradeCell, Grade.cell_id == GradeCell.id)
        .where(RECORDED.c.assignment == name, Grade.needs_manual_grade)
        .order_by(RECORDED.c.student, GradeCell.name)
    )
    answers, tested = 0, {}
    with _gradebook(course) as gradebook:
        for student, key, part, mark in gradebook.db.execute(query):
            if part in by_hand:
                answers += 1
            else:
                tested.setdefault((student, key), {})[part] = mark
    results, reasons = Results(course, assignment), {}
    for (student, key), marks in tested.items():
        result = results.load(key)
        why = "look at it" if None in marks.values() else "the tests say something new under the mark by hand"
        reasons[student] = (result and result.needs_review) or f"{', '.join(marks)}: {why}"
    return reasons, answers


@contextlib.contextmanager
def _gradebook(course: Course) -> Iterator[Gradebook]:
    """The gradebook, to be read; what is wrong with it is a UserError."""
    with open_gradebook(course, patience=5.0) as gradebook:
        try:
            TABLES.create_all(gradebook.engine)
            yield gradebook
        except DatabaseError as error:
            raise UserError(in_words(error)) from error


def _students(gradebook: Gradebook, assignment: str) -> dict[str, StudentScores]:
    """The rows without their parts, by the id of the submitted notebook."""
    query = (
        select(SubmittedNotebook.id, SubmittedNotebook.late_submission_penalty, SubmittedAssignment.timestamp)
        .add_columns(Student.id, Student.first_name, Student.last_name, Student.lms_user_id, Student.email)
        .add_columns(RECORDED.c.key)
        .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Student, SubmittedAssignment.student_id == Student.id)
        .join(Notebook, SubmittedNotebook.notebook_id == Notebook.id)
        .join(RECORDED, (RECORDED.c.student == Student.id) & (RECORDED.c.assignment == assignment))
        .where(Notebook.name == assignment)
    )
    rows = {}
    for identity, penalty, handed_in, student, first, last, number, email, key in gradebook.db.execute(query):
        name = " ".join(part for part in (first, last) if part)
        rows[identity] = StudentScores(student, key, name, number or "", email or "", handed_in, penalty or 0.0)
    return rows


def _fill(gradebook: Gradebook, rows: dict[str, StudentScores]) -> None:
    """Add the parts' scores and the comments."""
    grades = (
        select(Grade.notebook_id, GradeCell.name, GradeCell.max_score, Grade.score)
        .add_columns(Grade.manual_score, Grade.needs_manual_grade)
        .join(GradeCell, Grade.cell_id == GradeCell.id)
    )
    for identity, name, maximum, score, by_hand, review in gradebook.db.execute(grades):
        if identity in rows:
            rows[identity].parts[name] = PartScore(score or 0.0, maximum, by_hand is not None, review)
    comments = (
        select(Comment.notebook_id, BaseCell.name, Comment.comment)
        .join(BaseCell, Comment.cell_id == BaseCell.id)
        .where(BaseCell.type == SolutionCell.__name__, Comment.comment.is_not(None))
    )
    for identity, name, comment in gradebook.db.execute(comments):
        if identity in rows:
            rows[identity].comments[name] = comment
