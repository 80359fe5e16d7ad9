"""What stands in the gradebook beside the scores: what was recorded last for whom, and penalties for being late.

The key of the result, the automatic scores and the answers that people grade are written in the same transaction as
the scores, so that they cannot disagree unless another program writes scores.
"""

import json
import math
from datetime import datetime, timedelta
from itertools import groupby

from nbgrader.api import Assignment, Grade, Gradebook, GradeCell, Notebook, SubmittedAssignment, SubmittedNotebook
from nbgrader.plugins import BasePlugin
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy import JSON, Column, MetaData, String, Table, delete, func, insert, select, update
from traitlets.config import Config

from grader.course import UserError, digest

TABLES = MetaData()
KEYS = (("assignment", String(128)), ("student", String(128)))
RECORDED = Table(
    "grader_recorded",
    TABLES,
    *(Column(name, kind, primary_key=True) for name, kind in KEYS),
    Column("key", String(64), nullable=False),
)
ANSWERS = Table(
    "grader_answers",
    TABLES,
    *(Column(name, kind, primary_key=True) for name, kind in KEYS),
    Column("digests", JSON, nullable=False),
)
SCORES = Table(
    "grader_scores",
    TABLES,
    *(Column(name, kind, primary_key=True) for name, kind in KEYS),
    Column("digest", String(64), nullable=False),
)


def digests_of(sources: dict[str, str], cells) -> dict[str, str]:
    """The hash of the student's source of each of these cells."""
    return {name: digest(sources.get(name, "").strip().encode()) for name in cells}


def recorded_digests(book: Gradebook, assignment: str, students: list[str]) -> dict[str, dict[str, str]]:
    """The hashes that were written last, by student."""
    query = select(ANSWERS.c.student, ANSWERS.c.digests).where(ANSWERS.c.assignment == assignment)
    return dict(book.db.execute(query.where(ANSWERS.c.student.in_(students))).all())


def digest_of(scores: dict[str, float | None]) -> str:
    """The hash of the automatic scores of a student's cells."""
    found = {name: None if score is None else float(score) for name, score in scores.items()}
    return digest(json.dumps(found, sort_keys=True).encode())


def recorded_keys(book: Gradebook, assignment: str) -> dict[str, str]:
    """The key that was written last, by student, if the automatic scores are still those of then."""
    query = (
        select(SubmittedAssignment.student_id, GradeCell.name, Grade.auto_score)
        .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Notebook, SubmittedNotebook.notebook_id == Notebook.id)
        .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
        .join(GradeCell, Grade.cell_id == GradeCell.id)
        .where(Notebook.name == assignment)
        .order_by(SubmittedAssignment.student_id)
    )
    now = {
        student: digest_of({cell: score for _, cell, score in rows})
        for student, rows in groupby(book.db.execute(query), key=lambda row: row[0])
    }
    query = select(RECORDED.c.student, RECORDED.c.key, SCORES.c.digest).where(RECORDED.c.assignment == assignment)
    ours = (SCORES.c.student == RECORDED.c.student) & (SCORES.c.assignment == assignment)
    rows = book.db.execute(query.join(SCORES, ours))
    return {student: key for student, key, then in rows if now.get(student) == then}


def times_of(book: Gradebook, assignment: str) -> dict[str, datetime | None]:
    """When each student handed in, in UTC, as the gradebook has it."""
    query = select(SubmittedAssignment.student_id, SubmittedAssignment.timestamp)
    return dict(book.db.execute(query.join(Assignment).where(Assignment.name == assignment)).all())


def remember(
    book: Gradebook,
    assignment: str,
    keys: dict[str, str],
    digests: dict[str, dict[str, str]],
    scores: dict[str, dict[str, float | None]],
) -> None:
    """Write these students' keys and hashes in place of those before."""
    hashes = {student: digest_of(found) for student, found in scores.items()}
    for table, column, values in ((RECORDED, "key", keys), (ANSWERS, "digests", digests), (SCORES, "digest", hashes)):
        book.db.execute(delete(table).where(table.c.assignment == assignment, table.c.student.in_(values)))
        rows = [{"assignment": assignment, "student": student, column: value} for student, value in values.items()]
        book.db.execute(insert(table), rows)


def write_penalties(book: Gradebook, config: Config, assignment: str) -> None:
    """Write and commit what the configured plugin takes off for being late, for everybody.

    Due dates, extensions, the plugin and marks by hand change without any submission being graded again.

    Raises
    ------
    UserError
        If the plugin fails.
    """
    query = (
        select(SubmittedNotebook.id, SubmittedNotebook.late_submission_penalty, SubmittedAssignment.student_id)
        .add_columns(SubmittedAssignment.timestamp, SubmittedAssignment.extension, Assignment.duedate)
        .add_columns(func.coalesce(func.sum(Grade.score), 0.0))
        .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
        .where(Assignment.name == assignment)
        .where(Assignment.duedate.is_not(None) | SubmittedNotebook.late_submission_penalty.is_not(None))
        .group_by(SubmittedNotebook.id)
    )
    plugin, updates = None, []
    for notebook, before, student, handed_in, extension, due, score in book.db.execute(query):
        penalty = None
        if handed_in and due and (late := (handed_in - due - (extension or timedelta())).total_seconds()) > 0:
            plugin = plugin or _late_plugin(config)
            penalty = _penalty(plugin, student, score, late)
        if penalty != before:
            updates.append({"id": notebook, "late_submission_penalty": penalty})
    if updates:
        book.db.execute(update(SubmittedNotebook), updates)
    book.db.commit()


def _late_plugin(config: Config) -> BasePlugin:
    """The plugin that nbgrader's own autograde would ask."""
    try:
        assigner = AssignLatePenalties(config=config)
        assigner.init_plugin()
    except Exception as error:  # whatever an instructor's class may raise
        raise UserError(f"The class in c.AssignLatePenalties.plugin_class cannot be used: {error}") from error
    return assigner.plugin_inst


def _penalty(plugin: BasePlugin, student: str, score: float, seconds_late: float) -> float | None:
    """The points to take off, at least 0 and at most the score, as nbgrader has it."""
    try:
        penalty = plugin.late_submission_penalty(student, score, seconds_late)
        if penalty is None:
            return None
        if not math.isfinite(penalty):
            raise ValueError(f"{penalty} is no number of points")
    except Exception as error:  # whatever an instructor's class may raise
        raise UserError(
            f"The penalty for {student}, who is late, is not known, because {type(plugin).__name__} fails "
            f"({type(error).__name__}: {error}); mend it in grader/nbgrader_config.py, then try again."
        ) from error
    return min(max(float(penalty), 0.0), score)
