"""The students' version of the assignments, by nbgrader's generate_assignment, and the archive that students get."""

import logging
import zipfile
from collections.abc import Iterator
from pathlib import Path

from nbgrader.converters import GenerateAssignment
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory

from grader.course import Course, UserError, whole_or_not
from grader.record import open_gradebook

ARCHIVE = Path("dist") / "course-student.zip"
# What students get. The package of the grader stays away, but pyproject.toml names it: an empty one takes its place.
STUDENT_FOLDERS = ("course", "assignments", "grader/labconfig")
STUDENT_FILES = ("grader/for-students.md", "LICENSE", "environment.yml", "pyproject.toml", "Makefile")
INSTRUCTORS_PART = b"\n# For instructors"  # of the Makefile, from this line on
LEFT_OUT = {"__pycache__", ".ipynb_checkpoints", ".pytest_cache"}
STAMP = (1980, 1, 1, 0, 0, 0)  # the same course gives the same archive, byte by byte


def release(course: Course, assignment: str) -> Path:
    """Make the students' version of one assignment; the notebook written.

    Raises
    ------
    UserError
        If there is no such assignment, or nbgrader refuses, with nbgrader's reason.
    """
    course.solution(assignment)
    open_gradebook(course).close()  # made first, because nbgrader looks for its own tools on PATH
    directory = CourseDirectory(config=course.config)
    directory.assignment_id = assignment
    converter = GenerateAssignment(coursedir=directory, config=course.config, force=True)
    said = _Said()
    converter.log = logging.Logger("release")
    converter.log.addHandler(said)
    try:
        converter.start()
    except (NbGraderException, RuntimeError) as error:
        raise UserError(f"nbgrader cannot release {assignment}: {said.reason or error}") from error
    return course.release(assignment)


class _Said(logging.Handler):
    """Keeps nbgrader's reason: of the last traceback that it logged, the last line."""

    reason = ""

    def emit(self, record):
        text = record.getMessage().strip()
        if record.levelno >= logging.ERROR and "Traceback" in text:
            self.reason = text.splitlines()[-1].partition(": ")[2]


def write_archive(course: Course, assignments: list[str] | None = None) -> Path:
    """Write ``dist/course-student.zip``: lessons, these assignments or all, environment, README, and nothing else.

    The README is that for students, and the Makefile ends where the instructors' part begins.
    """
    path = course.root / ARCHIVE
    with whole_or_not(path) as temporary, zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive:
        for source in student_files(course, assignments):
            name, data = source.relative_to(course.root).as_posix(), source.read_bytes()
            if name == "Makefile":
                data = data.partition(INSTRUCTORS_PART)[0]
            _add(archive, "README.md" if name == STUDENT_FILES[0] else name, data)
        _add(archive, "grader/__init__.py", b"")
    return path


def _add(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    info = zipfile.ZipInfo(f"chainrule-course/{name}", STAMP)
    info.external_attr = 0o644 << 16
    archive.writestr(info, data, zipfile.ZIP_DEFLATED)


def student_files(course: Course, assignments: list[str] | None = None) -> Iterator[Path]:
    """Every file of the course that students get with these assignments or all, in a fixed order."""
    others = set() if assignments is None else set(course.assignments()) - set(assignments)
    left_out = {course.root / "assignments" / name for name in others}
    for name in STUDENT_FILES:
        if (course.root / name).is_file():
            yield course.root / name
    for folder in STUDENT_FOLDERS:
        for path in sorted((course.root / folder).rglob("*")):
            hidden = LEFT_OUT & set(path.parts) or left_out & set(path.parents)
            if path.is_file() and not path.is_symlink() and not hidden:
                yield path
