"""What was recorded last for whom: the key of the result, and what the answers that people grade looked like.

Both are in nbgrader's database and written in the same transaction as the scores, so they cannot disagree.
"""

from nbgrader.api import Gradebook
from sqlalchemy import JSON, Column, MetaData, String, Table, delete, insert, select

from grader.course import digest

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


def digests_of(sources: dict[str, str], cells) -> dict[str, str]:
    """The hash of the student's source of each of these cells."""
    return {name: digest(sources.get(name, "").strip().encode()) for name in cells}


def recorded_digests(book: Gradebook, assignment: str, students: list[str]) -> dict[str, dict[str, str]]:
    """The hashes that were written last, by student."""
    query = select(ANSWERS.c.student, ANSWERS.c.digests).where(ANSWERS.c.assignment == assignment)
    return dict(book.db.execute(query.where(ANSWERS.c.student.in_(students))).all())


def remember(book: Gradebook, assignment: str, keys: dict[str, str], digests: dict[str, dict[str, str]]) -> None:
    """Write these students' keys and hashes in place of those before."""
    for table, column, values in ((RECORDED, "key", keys), (ANSWERS, "digests", digests)):
        book.db.execute(delete(table).where(table.c.assignment == assignment, table.c.student.in_(values)))
        rows = [{"assignment": assignment, "student": student, column: value} for student, value in values.items()]
        book.db.execute(insert(table), rows)
