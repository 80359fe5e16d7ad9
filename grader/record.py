"""The single writer: results into nbgrader's gradebook, in batches, and the graded notebooks that formgrader opens."""

import json
import os
import sys
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import nbformat
from nbgrader.api import (
    Comment,
    Grade,
    Gradebook,
    GradeCell,
    MissingEntry,
    SolutionCell,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
    new_uuid,
)
from nbgrader.preprocessors import ClearSolutions, ComputeChecksums, LockCells, SaveCells
from nbgrader.utils import parse_utc
from sqlalchemy import insert, select, update
from sqlalchemy.exc import DatabaseError

from grader.assignment import MANUAL, SOLUTION, TEST, Assignment
from grader.collect import ORIGIN, TIMESTAMP
from grader.course import Course, UserError, read_json, write_atomically
from grader.graded import graded_notebook
from grader.rebuild import TAKEN
from grader.recorded import TABLES, digests_of, recorded_digests, recorded_keys, remember, times_of, write_penalties
from grader.result import NO_VERDICT, PASSED, Result

BATCH = 50  # submissions a transaction; with one each, nbgrader's database costs more than the grading
PATIENCE = 30.0  # seconds to wait for a gradebook that another program keeps locked


@dataclass(frozen=True)
class Change:
    """A student whose autograded points differ from those before; `counts` is what marks by hand make of them."""

    student: str
    before: float
    after: float
    counts: float | None = None


@dataclass(frozen=True)
class _Pending:
    """One submission to record: the key of its result, the result, and the student's sources by grade id."""

    key: str
    result: Result
    sources: dict[str, str]


def open_gradebook(course: Course, patience: float = 0.0) -> Gradebook:
    """nbgrader's gradebook, made if there is none; UserError if it is still locked after so many seconds, or broken."""
    # nbgrader calls alembic by name when it makes a gradebook
    tools = str(Path(sys.executable).parent)
    if tools not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = f"{tools}{os.pathsep}{os.environ.get('PATH', '')}"
    url = course.directory.db_url
    if url.startswith("sqlite:") and "?" not in url:
        url += "?timeout=1"  # seconds that SQLite waits for a lock; longer waits are ours, so that work goes on
    end = time.monotonic() + patience
    while True:
        try:
            return Gradebook(url, course.directory.course_id or "default_course")
        except DatabaseError as error:
            if not is_locked(error) or time.monotonic() > end:
                raise UserError(in_words(error)) from error


def is_locked(error: DatabaseError) -> bool:
    """Whether a database error means that another program holds the gradebook."""
    return "locked" in str(error.orig)


def in_words(error: DatabaseError) -> str:
    """What a database error means, in a sentence."""
    reason = str(error.orig)
    if is_locked(error):
        return "The gradebook is locked by another program; end that one, then give the same command again."
    if "full" in reason or "disk I/O" in reason:
        return f"The gradebook cannot be written ({reason}); make room, then give the same command again."
    return f"The gradebook cannot be used ({reason}); mend or restore it, then give the same command again."


def _by_hand(result: Result, rows: dict) -> float | None:
    """The points that count for the tests, where marks by hand stand in place of some; None where there are none."""
    marks = {cell: row.manual_score for cell, row in rows.items() if row.manual_score is not None}
    if not any(part.grade_id in marks for part in result.parts):
        return None
    return sum(marks.get(part.grade_id, part.points) for part in result.parts)


class Recorder:
    """Writes results into the gradebook and ``grader/autograded``.

    Parameters
    ----------
    course : Course
    assignment : Assignment
    patience : float
        Seconds to wait, at the beginning and at the end, for a gradebook that is locked.

    Notes
    -----
    A score given by hand survives: it stays, and counts, and if the automatic score changed under it the part is
    marked as needing review. No verdict counts as zero and needs review.
    """

    def __init__(self, course: Course, assignment: Assignment, patience: float = PATIENCE):
        self.course, self.assignment, self.patience = course, assignment, patience
        self._manual = {cell.identity for cell in assignment.of_role(MANUAL)}
        self._released = {cell.identity: cell.released.strip() for cell in assignment.of_role(SOLUTION, MANUAL)}
        self.changes: list[Change] = []
        self._pending: list[_Pending] = []
        self._retry_at = 0.0
        self._book = open_gradebook(course, patience)
        try:
            TABLES.create_all(self._book.engine)
            self._register()
            self._load_cells()
        except DatabaseError as error:
            self._book.close()
            raise UserError(in_words(error)) from error
        except BaseException:
            self._book.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._book.close()

    def _register(self) -> None:
        """Tell the gradebook of the assignment's cells and points, as nbgrader's generate_assignment does."""
        name, book = self.assignment.name, self._book
        try:
            book.find_assignment(name)
        except MissingEntry:
            book.add_assignment(name)
        notebook = nbformat.reads(json.dumps(self.assignment.notebook), as_version=4)
        resources = {"nbgrader": {"notebook": name, "assignment": name, "db_url": self.course.directory.db_url}}
        wanted = {cell.identity: cell.points for cell in self.assignment.of_role(TEST, MANUAL)}
        if self._known_cells() == (wanted, {cell.identity for cell in self.assignment.of_role(SOLUTION, MANUAL)}):
            return
        try:
            for preprocessor in (LockCells, ClearSolutions, ComputeChecksums, SaveCells):
                notebook, resources = preprocessor(config=self.course.config).preprocess(notebook, resources)
        except RuntimeError as error:
            raise UserError(
                f"The cells of {name} are others than when its first submission was graded, which nbgrader cannot "
                "change: give the assignment a new name, or remove its submissions from the gradebook."
            ) from error
        book.db.expire_all()

    def _known_cells(self) -> tuple[dict[str, float], set[str]]:
        """The points of each graded cell and the ids of the cells that students write, as the gradebook has them."""
        try:
            notebook = self._book.find_notebook(self.assignment.name, self.assignment.name)
        except MissingEntry:
            return {}, set()
        return {c.name: c.max_score for c in notebook.grade_cells}, {c.name for c in notebook.solution_cells}

    def _load_cells(self) -> None:
        notebook = self._book.find_notebook(self.assignment.name, self.assignment.name)
        self._notebook_id, self._assignment_id = notebook.id, notebook.assignment_id
        query = self._book.db.execute
        grades = query(select(GradeCell.name, GradeCell.id, GradeCell.max_score).filter_by(notebook_id=notebook.id))
        self._grade_cells = {name: (identity, maximum) for name, identity, maximum in grades}
        solutions = query(select(SolutionCell.name, SolutionCell.id).filter_by(notebook_id=notebook.id))
        self._solution_cells = dict(solutions.all())
        self._book.db.commit()

    def recorded(self) -> dict[str, str]:
        """The key of the result that is in the gradebook, with the time of handing in, and in ``grader/autograded``."""
        name = self.assignment.name
        keys, times = recorded_keys(self._book, name), times_of(self._book, name)
        self._book.db.commit()
        return {
            student: key
            for student, key in keys.items()
            if read_json(self.course.autograded(student, name) / f"{name}.ipynb")
            and times.get(student) == self._timestamp(student)
        }

    def enrolled(self) -> set[str]:
        """Every student in the gradebook."""
        students = set(self._book.db.scalars(select(Student.id)))
        self._book.db.commit()
        return students

    def add(self, key: str, result: Result, sources: dict[str, str], pictures: dict | None = None) -> None:
        """Write the graded notebook, with the pictures in answers, and record the result now or with the next batch.

        A gradebook that is locked is left alone for a while; the results wait here, and `finish` insists.
        """
        folder = self.course.autograded(result.student, self.assignment.name)
        notebook = graded_notebook(self.assignment, sources, result, pictures or {})
        write_atomically(folder / f"{self.assignment.name}.ipynb", json.dumps(notebook, indent=1).encode())
        self._pending.append(_Pending(key, result, sources))
        if len(self._pending) >= BATCH and time.monotonic() >= self._retry_at:
            try:
                self._write()
            except DatabaseError:
                self._retry_at = time.monotonic() + 5

    def finish(self) -> None:
        """Record what is left, and all penalties; UserError if the gradebook stays locked or cannot be written."""
        end = time.monotonic() + self.patience
        while True:
            try:
                self._write()
                write_penalties(self._book, self.course.config, self.assignment.name)
                return
            except DatabaseError as error:
                self._book.db.rollback()
                if not is_locked(error) or time.monotonic() > end:
                    number = len(self._pending)
                    waiting = f" {number} graded submissions wait in grader/.cache and will be recorded then."
                    raise UserError(in_words(error) + (waiting if number else "")) from error
                time.sleep(0.2)

    def _write(self) -> None:
        """Record everything that is pending, in one transaction a batch."""
        while self._pending:
            batch = self._pending[:BATCH]
            try:
                changes = self._write_batch(batch)
                self._book.db.commit()
            except BaseException:
                self._book.db.rollback()
                raise
            self.changes += changes
            del self._pending[: len(batch)]

    def _write_batch(self, batch: list[_Pending]) -> list[Change]:
        db, name = self._book.db, self.assignment.name
        self._make_students(batch)
        notebooks = self._make_submissions(batch)
        old = self._grades(notebooks)
        answers = {pending.result.student: digests_of(pending.sources, self._manual) for pending in batch}
        earlier = recorded_digests(self._book, name, list(answers))
        changes, updates, auto = [], [], {}
        for pending in batch:
            student = pending.result.student
            rows = old[notebooks[student]]
            tests = {part.grade_id for part in pending.result.parts}
            before = [row.auto_score for cell, row in rows.items() if cell in tests]
            if None not in before and sum(before) != pending.result.points:
                changes.append(Change(student, sum(before), pending.result.points, _by_hand(pending.result, rows)))
            replaced = {cell for cell, was in earlier.get(student, {}).items() if was != answers[student].get(cell)}
            new = self._new_grades(pending, rows, replaced)
            updates += new.values()
            auto[student] = {cell: row["auto_score"] for cell, row in new.items()}
        db.execute(update(Grade), updates)
        self._write_comments(batch, notebooks)
        remember(self._book, name, {pending.result.student: pending.key for pending in batch}, answers, auto)
        return changes

    def _make_students(self, batch: list[_Pending]) -> None:
        wanted = {pending.result.student for pending in batch}
        rows = []
        for student in wanted - set(self._book.db.scalars(select(Student.id).where(Student.id.in_(wanted)))):
            origin = read_json(self._submitted(student) / ORIGIN)
            name = str(origin.get("name") or student).encode("utf-8", "replace").decode()
            # formgrader shows "None" for a name that is missing, and only the LMS knows which part of it is the last
            row = {"id": student, "first_name": "", "last_name": name, "lms_user_id": origin.get("number") or None}
            rows.append(row)
        if rows:
            self._book.db.execute(insert(Student), rows)

    def _submitted(self, student: str) -> Path:
        return self.course.submitted(student, self.assignment.name)

    def _make_submissions(self, batch: list[_Pending]) -> dict[str, str]:
        """The submitted notebook's id for each student; new ones get a row for every grade and comment."""
        db = self._book.db
        wanted = [pending.result.student for pending in batch]
        query = (
            select(SubmittedAssignment.student_id, SubmittedAssignment.id, SubmittedNotebook.id)
            .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
            .where(SubmittedAssignment.assignment_id == self._assignment_id)
            .where(SubmittedAssignment.student_id.in_(wanted))
        )
        found = {student: (submission, notebook) for student, submission, notebook in db.execute(query)}
        times = {student: self._timestamp(student) for student in wanted}
        if found:
            db.execute(
                update(SubmittedAssignment),
                [{"id": submission, "timestamp": times[student]} for student, (submission, _) in found.items()],
            )
        new = {student: (new_uuid(), new_uuid()) for student in wanted if student not in found}
        if new:
            rows = {Submission: [] for Submission in (SubmittedAssignment, SubmittedNotebook, Grade, Comment)}
            for student, (submission, notebook) in new.items():
                facts = {"assignment_id": self._assignment_id, "student_id": student, "timestamp": times[student]}
                rows[SubmittedAssignment].append({"id": submission} | facts)
                master = {"notebook_id": self._notebook_id}
                rows[SubmittedNotebook].append({"id": notebook, "assignment_id": submission} | master)
                for kind, cells in (
                    (Grade, [c for c, _ in self._grade_cells.values()]),
                    (Comment, self._solution_cells.values()),
                ):
                    rows[kind] += [{"id": new_uuid(), "cell_id": cell, "notebook_id": notebook} for cell in cells]
            for kind, values in rows.items():
                if values:
                    db.execute(insert(kind), values)
        return {student: notebook for student, (_, notebook) in (found | new).items()}

    def _timestamp(self, student: str) -> datetime | None:
        try:
            return parse_utc((self._submitted(student) / TIMESTAMP).read_text(encoding="utf-8").strip())
        except (OSError, ValueError, OverflowError):
            return None

    def _grades(self, notebooks: dict[str, str]) -> dict[str, dict]:
        """The grade rows of some submitted notebooks, by notebook and cell name."""
        names = {identity: name for name, (identity, _) in self._grade_cells.items()}
        columns = (Grade.id, Grade.notebook_id, Grade.cell_id, Grade.auto_score, Grade.manual_score)
        query = select(*columns, Grade.needs_manual_grade)
        rows = self._book.db.execute(query.where(Grade.notebook_id.in_(notebooks.values())))
        found = {notebook: {} for notebook in notebooks.values()}
        for row in rows:
            found[row.notebook_id][names[row.cell_id]] = row
        return found

    def _new_grades(self, pending: _Pending, rows: dict, replaced: set[str]) -> dict[str, dict]:
        """What to write for each graded cell of one submission, by its name: fail closed wherever something is missing.

        A score by hand asks for review if what it was given for is `replaced` or has another automatic score, and until
        the instructor has looked: formgrader then takes the mark away.
        """
        parts = {part.grade_id: part for part in pending.result.parts}
        doubtful = self._doubtful(pending.result)
        updates = {}
        for name, row in rows.items():
            maximum, by_hand = self._grade_cells[name][1], row.manual_score is not None
            if name in self._manual:
                # an answer that was not touched is zero, all others and files without answers wait for the instructor
                score = 0.0 if pending.sources and self._unanswered(name, pending.sources) else None
                review = name in replaced if by_hand else score is None
            else:
                part = parts.get(name)
                trusted = part is not None and part.verdict != NO_VERDICT and part.max_points == maximum
                score = part.points if trusted else 0.0
                review = not trusted or name in doubtful or (by_hand and row.auto_score != score)
            review = review or (by_hand and row.needs_manual_grade)
            updates[name] = {"id": row.id, "auto_score": score, "needs_manual_grade": review}
        return updates

    def _doubtful(self, result: Result) -> set[str]:
        """The parts that were not passed after the cell that needs review; all such if a reason names no cell.

        Of answers that are the package's own functions it is the next part, passed or not.
        """
        cells = [cell.identity for cell in self.assignment.cells]
        first, taken = len(cells), set()
        for reason in filter(None, result.needs_review.split("; ")):
            if reason.startswith(TAKEN):
                answers = [cells.index(name) for name in reason.removeprefix(TAKEN).split(", ")]
                tests = [(n, cell.identity) for n, cell in enumerate(self.assignment.cells) if cell.role == TEST]
                taken |= {next((test for n, test in tests if n > answer), "") for answer in answers}
                continue
            named = [n for n, cell in enumerate(cells) if f"cell '{cell}'" in reason or reason.startswith(f"{cell}: ")]
            first = min([first, *named] if named else [0])
        return {part.grade_id for part in result.parts if part.verdict != PASSED} & set(cells[first:]) | taken

    def _unanswered(self, name: str, sources: dict[str, str]) -> bool:
        return sources.get(name, "").strip() in ("", self._released[name])

    def _write_comments(self, batch: list[_Pending], notebooks: dict[str, str]) -> None:
        """nbgrader's automatic comment where an answer was left as released; a comment by hand stays and counts."""
        texts = {}
        for pending in batch:
            for name, cell in self._solution_cells.items():
                # of a file that cannot be read nobody knows what it answers
                text = "No response." if pending.sources and self._unanswered(name, pending.sources) else None
                texts[notebooks[pending.result.student], cell] = text
        query = select(Comment.id, Comment.notebook_id, Comment.cell_id, Comment.auto_comment)
        rows = self._book.db.execute(query.where(Comment.notebook_id.in_(notebooks.values()))).all()
        updates = [
            {"id": row.id, "auto_comment": texts[row.notebook_id, row.cell_id]}
            for row in rows
            if row.auto_comment != texts[row.notebook_id, row.cell_id]
        ]
        if updates:
            self._book.db.execute(update(Comment), updates)
