"""Where the things of a course lie, read from nbgrader's own configuration so that there is one source for it."""

import contextlib
import fcntl
import hashlib
import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nbgrader.coursedir import CourseDirectory
from sqlalchemy.engine import make_url
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

CONFIG_NAME = "nbgrader_config.py"
UNFINISHED = ".unfinished"


class UserError(Exception):
    """Something that one sentence explains and the reader can mend; commands print it without a traceback."""


@dataclass(frozen=True)
class Course:
    """A course on disk.

    Parameters
    ----------
    root : Path
        The folder that holds ``solutions/`` and ``grader/``.
    config : traitlets.config.Config
        What ``grader/nbgrader_config.py`` says.
    directory : nbgrader.coursedir.CourseDirectory
        nbgrader's view of it: step folders, gradebook, course id.
    """

    root: Path
    config: Config
    directory: CourseDirectory

    @classmethod
    def find(cls, start: Path) -> "Course":
        """The course that the folder `start` lies in; UserError if there is none."""
        start = start.resolve()
        for root in (start, *start.parents):
            if (root / "grader" / CONFIG_NAME).is_file():
                break
        else:
            raise UserError(f"{start} is in no course: no folder above it holds grader/{CONFIG_NAME}; use --course.")
        try:
            config = PyFileConfigLoader(CONFIG_NAME, path=str(root / "grader")).load_config()
            directory = CourseDirectory(config=config)
            make_url(directory.db_url).get_dialect().import_dbapi()  # is there such a database, and its driver?
            return cls(root, config, directory)
        except Exception as error:  # whatever an instructor's configuration may raise
            path, words = root / "grader" / CONFIG_NAME, f"{type(error).__name__}: {error}"
            raise UserError(f"{path} does not load ({words}); mend it, then try again.") from error

    def _folder(self, step: str, student: str, assignment: str) -> Path:
        return Path(self.directory.format_path(step, student, assignment))

    def solution(self, assignment: str) -> Path:
        """The instructor's notebook; UserError with the known names if there is no such assignment."""
        path = self._folder(self.directory.source_directory, ".", assignment) / f"{assignment}.ipynb"
        if assignment in ("", ".", "..") or "/" in assignment or not path.is_file():
            raise UserError(
                f"There is no assignment {assignment!r}; there are: {', '.join(self.assignments()) or 'none'}."
            )
        return path

    def assignments(self) -> list[str]:
        """The names of all assignments, sorted."""
        notebooks = self._folder(self.directory.source_directory, ".", "").glob("*/*.ipynb")
        return sorted(path.stem for path in notebooks if path.stem == path.parent.name)

    def release(self, assignment: str) -> Path:
        """The student's version of the notebook."""
        return self._folder(self.directory.release_directory, ".", assignment) / f"{assignment}.ipynb"

    def submitted(self, student: str, assignment: str) -> Path:
        """The folder of a student's submission."""
        return self._folder(self.directory.submitted_directory, student, assignment)

    def autograded(self, student: str, assignment: str) -> Path:
        """The folder of the graded notebook that formgrader opens."""
        return self._folder(self.directory.autograded_directory, student, assignment)

    def feedback(self, student: str, assignment: str) -> Path:
        """The folder of the page that the student gets back."""
        return self._folder(self.directory.feedback_directory, student, assignment)

    @property
    def cache(self) -> Path:
        """Results of grading, by hash; it may be deleted, which costs only time."""
        return self.root / "grader" / ".cache"

    def students(self, assignment: str) -> list[str]:
        """Every student with a folder for this assignment under ``grader/submitted``, sorted."""
        submitted = self.submitted("", "")
        if not submitted.is_dir():
            return []
        found = sorted(entry.name for entry in os.scandir(submitted) if (submitted / entry.name / assignment).is_dir())
        if odd := [name for name in found if not name.isprintable()]:
            raise UserError(f"Rename in {submitted} what is no name for a student: {', '.join(map(ascii, odd))}.")
        return found


@contextlib.contextmanager
def whole_or_not(path: Path) -> Iterator[Path]:
    """A temporary file to write, which then takes the place of `path`: whole or not at all, even in a killed process.

    Makes the folder. What a killed process leaves has a name of its own, which the next writing of the file takes over.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}{UNFINISHED}")
    try:
        yield temporary
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):  # where nothing can be written, nothing can be removed either
            temporary.unlink(missing_ok=True)
        raise


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file so that it is there whole or not at all; makes its folder."""
    with whole_or_not(path) as temporary:
        temporary.write_bytes(data)


def failure(error: OSError) -> str:
    """What the system says of a failed reading or writing: the reason, and of which file."""
    return f"{error.strerror or error}: {error.filename}" if error.filename else str(error.strerror or error)


@contextlib.contextmanager
def only_writer(course: Course) -> Iterator[None]:
    """Hold the lock that one command at a time can have; the kernel frees it however that command ends.

    Raises
    ------
    UserError
        If another command has it.
    """
    course.cache.mkdir(parents=True, exist_ok=True)
    with (course.cache / "lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            who = file.read().strip() or "its process is not known"
            raise UserError(f"Another command is at work on this course ({who}); wait until it has ended.") from None
        file.truncate(0)
        file.write(f"process {os.getpid()}, since {time.strftime('%H:%M:%S')}")
        file.flush()
        yield


def read_json(path: Path) -> dict:
    """A small JSON object, or an empty one if the file is missing or damaged."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def digest(*parts: bytes) -> str:
    """SHA-256 of several byte strings, in hexadecimal; where one ends and the next begins matters."""
    result = hashlib.sha256()
    for part in parts:
        result.update(len(part).to_bytes(8, "big") + part)
    return result.hexdigest()
