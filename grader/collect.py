"""Sort what students handed in: Moodle and Canvas archives, plain folders and nbgrader's exchange.

Nothing is ever unpacked by a name that a student chose: notebooks are read into memory, capped in size, and written to
``grader/submitted/<student>/<assignment>/<assignment>.ipynb`` under an id made safe here.
"""

import contextlib
import functools
import io
import json
import os
import re
import stat
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath

from grader.assignment import MANUAL, SOLUTION, load_assignment
from grader.course import Course, UserError, digest, read_json, write_atomically
from grader.owners import (
    File,
    Owner,
    composed,
    hand_in_times,
    is_archive,
    is_download,
    is_notebook,
    member_name,
    member_time,
    names_assignment,
    origin_of,
    sort_by_owner,
    students_of,
    worksheet_times,
)

MAX_NOTEBOOK = 50 * 2**20  # bytes of one notebook
MAX_STUDENT = 200 * 2**20  # bytes read from one student in all, so that an archive bomb hurts nobody else
MAX_DEPTH = 2  # archives inside the archive
MAX_MEMBERS = 20_000  # files in an archive that a student made
MAX_INNER = 20  # archives in it
MAX_SECRET = 1_000  # bytes
ORIGIN, TIMESTAMP, SECRET = "collected.json", "timestamp.txt", "submission_secret.txt"
IGNORED = {"__MACOSX", ".ipynb_checkpoints", ".git", "__pycache__"}


class Refused(Exception):
    """Why a file was not taken, in words for the instructor."""


@dataclass(frozen=True)
class Candidate:
    """A notebook that may be the one to grade.

    `cells` counts the assignment's cells found in it, `answered` those of them that the student has changed, `named`
    says whether its name is the assignment's, and `secret` is the exchange's, under which nbgrader gives the feedback
    back.
    """

    file: File
    data: bytes
    cells: int
    answered: int
    named: bool
    secret: str = ""


@dataclass
class Collection:
    """What `collect` did; each list holds sentences for the instructor."""

    collected: dict[str, str] = field(default_factory=dict)
    replaced: list[str] = field(default_factory=list)
    older: list[str] = field(default_factory=list)
    namesakes: list[str] = field(default_factory=list)
    guessed: list[str] = field(default_factory=list)
    times: list[str] = field(default_factory=list)
    zoneless: bool = False  # whether Moodle's times were used, which are read in this machine's zone
    late: list[str] = field(default_factory=list)
    renamed: list[str] = field(default_factory=list)
    duplicate: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def collect(
    course: Course, source: Path, assignment: str, due: datetime | None = None, times: Path | None = None
) -> Collection:
    """Take every student's notebook of one assignment out of `source` into ``grader/submitted``.

    Parameters
    ----------
    course : Course
    source : Path
        A zip archive or a folder: Moodle's or Canvas's, one folder or notebook a student, or nbgrader's exchange.
    assignment : str
    due : datetime, optional
        With a time zone. Where the time of submission is known, later ones are listed as late.
    times : Path, optional
        Moodle's grading worksheet, which says when everybody handed in.

    Returns
    -------
    Collection

    Raises
    ------
    AssignmentError
        If the instructor's notebook cannot be used.
    UserError
        If the source is neither, the assignment unknown, or the worksheet none.
    """
    course.solution(assignment)
    expected = {name: set(answers_in(read_json(course.solution(name)))) for name in course.assignments()}
    released = released_answers(course, assignment)
    worksheet = worksheet_times(Path(times)) if times else {}
    result = Collection()
    owned = sort_by_owner(files_of(course, Path(source), result), assignment, result.foreign)
    result.times = hand_in_times(owned, worksheet)
    result.zoneless = any(file.time for owner in owned if owner.system == "moodle" for file in owned[owner])
    students, result.namesakes = students_of(owned, collected_from_moodle(course, assignment))
    for owner, found in sorted(owned.items(), key=lambda item: (item[0].name, item[0].number)):
        student = students[owner]
        candidates = candidates_of(found, assignment, expected, released, result)
        if candidates:
            chosen = choose(student, candidates, result)
            if store(course, assignment, student, owner, chosen, result):
                list_oddities(student, result, chosen.file, assignment, due)
        elif owner.system != "folder" or any(len(file.where.parts) > 1 for file in found):
            result.missing.append(f"{student}: no notebook of {assignment} among {len(found)} files")
    return result


def files_of(course: Course, source: Path, result: Collection) -> list[File]:
    """Every file in the folder or archive that the instructor gave."""
    if source.is_dir():
        given, ours = source.resolve(), course.submitted("", "").resolve()
        if given.is_relative_to(ours) or ours.is_relative_to(given):
            raise UserError(
                f"{source} is, holds or lies in where collected submissions go; give the folder that they come from."
            )
        return list(folder_files(source, result))
    if source.is_file():
        return list(archive_files(source, PurePosixPath(source.name), result))
    raise UserError(f"There is no file or folder {source}.")


def collected_from_moodle(course: Course, assignment: str) -> dict[str, tuple[str, str]]:
    """Whose work of this assignment has come from Moodle: by its number, the student's id and name."""
    origins = {
        student: read_json(course.submitted(student, assignment) / ORIGIN) for student in course.students(assignment)
    }
    return {o["number"]: (student, o["name"]) for student, o in origins.items() if o.get("system") == "moodle"}


def released_answers(course: Course, assignment: str) -> dict[str, str]:
    """What stands in each cell of the assignment before a student has answered, by its id."""
    cells = load_assignment(assignment, course.root).of_role(SOLUTION, MANUAL)
    return {cell.identity: cell.released.strip() for cell in cells}


def folder_files(folder: Path, result: Collection) -> Iterator[File]:
    """Every regular file below a folder; links and devices are never followed."""

    def unreadable(error: OSError) -> None:
        if Path(error.filename) == folder:
            raise error  # nothing at all can be read, which is not the same as an empty folder
        shown = Path(error.filename).relative_to(folder)
        result.refused.append(f"{shown}: a folder that cannot be read ({error.strerror})")

    for where, folders, names in os.walk(folder, onerror=unreadable):
        folders[:] = sorted(set(folders) - IGNORED)
        # what links to a folder is among the folders, and os.walk passes it over without a word
        links = [name for name in folders if os.path.islink(os.path.join(where, name))]
        for name in sorted(name for name in [*names, *links] if not name.startswith("._")):  # macOS's notes on a file
            path = Path(where) / name
            shown = PurePosixPath(composed(path.relative_to(folder).as_posix()))
            try:
                status = path.lstat()
            except OSError as error:
                result.refused.append(f"{shown}: it cannot be read ({error.strerror})")
                continue
            if not stat.S_ISREG(status.st_mode):
                result.refused.append(f"{shown}: a link or a device, not a file")
            elif is_archive(shown):
                files = list(archive_files(path, shown, result, depth=1))
                if len(shown.parts) == 1 and is_download(files):
                    result.refused.append(f"{shown}: holds the work of several students; collect it by itself")
                else:
                    yield from files
            else:
                yield File(shown, lambda limit, path=path: read_capped(path.open("rb"), limit), owner=status.st_uid)


def archive_files(
    file: Path | Callable[[], bytes], shown: PurePosixPath, result: Collection, depth=0, time=None, ours=None
) -> Iterator[File]:
    """Every file in a zip archive, and in archives inside it; of the outermost one the name is not part of the path.

    An archive inside, or in a folder of submissions, was made by a student, who chose its members' names and times:
    all in it was handed in when it was, `time`, and belongs to whom its own path says, the first `ours` parts.
    """
    ours = ours or (len(shown.parts) if depth else None)
    inside = PurePosixPath(*shown.parts[:-1], shown.stem) if depth else PurePosixPath()
    try:
        # one that a student made is opened anew for each member, so that it stays neither in memory nor open
        source = file if depth else zipfile.ZipFile(file)
        with opened(source) as archive:
            members = archive.infolist()
        if depth and len(members) > MAX_MEMBERS:
            raise Refused(f"it holds more than {MAX_MEMBERS:,} files")
    except Exception as error:  # whatever zipfile may raise over an archive that a student made
        if not depth:
            raise UserError(f"{shown} is not a zip archive that can be read: {error}") from error
        result.refused.append(f"{shown}: an archive that cannot be read ({error})")
        return
    inner = 0
    for info in members:
        parts = PurePosixPath(member_name(info)).parts
        name = PurePosixPath(*(part for part in parts if part not in ("/", "..")))
        if info.is_dir() or not name.parts or IGNORED & set(name.parts) or name.name.startswith("._"):
            continue
        where, when = inside / name, time if depth else member_time(info)
        if stat.S_ISLNK(info.external_attr >> 16):
            result.refused.append(f"{where}: a link, not a file")
        elif is_archive(name) and depth < MAX_DEPTH:
            inner += bool(depth)
            if inner > MAX_INNER:
                result.refused.append(f"{where}: more than {MAX_INNER} archives in an archive")
                return
            again = functools.partial(read_member, source, info, MAX_STUDENT)
            yield from archive_files(again, where, result, depth + 1, time=when, ours=ours)
        else:
            yield File(where, functools.partial(read_member, source, info), stored=when, ours=ours)


def opened(source):
    """A context with the archive: one that stays open, or that in a file, or in the bytes that a function gives."""
    if isinstance(source, zipfile.ZipFile):
        return contextlib.nullcontext(source)
    return zipfile.ZipFile(io.BytesIO(source()) if callable(source) else source)


def read_member(source, info: zipfile.ZipInfo, limit: int) -> bytes:
    """One member of an archive, whatever it claims its size to be."""
    try:
        with opened(source) as archive:
            return read_capped(archive.open(info), limit)
    except Refused:
        raise
    except Exception as error:  # whatever zipfile and the packing's own module may raise over what a student made
        encrypted = info.flag_bits & 1
        raise Refused("it is encrypted" if encrypted else f"it is damaged or packed in a rare way ({error})") from error


def read_capped(file, limit: int) -> bytes:
    """All of an open file, or Refused if it holds more than `limit` bytes."""
    with file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise Refused(f"it is larger than {limit / 2**20:.0f} MB")
    return data


def answers_in(notebook) -> dict[str, str]:
    """The source of a notebook's solution and test cells by nbgrader's id; what it holds may be anything at all."""
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    found = {}
    for cell in cells if isinstance(cells, list) else []:
        metadata = cell.get("metadata") if isinstance(cell, dict) else None
        marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
        if isinstance(marks, dict) and (marks.get("solution") or marks.get("grade")):
            source = cell.get("source")
            lines = source if isinstance(source, list) else [source]
            found[str(marks.get("grade_id"))] = "".join(map(str, lines)).strip()
    return found


def candidates_of(
    found: list[File], assignment: str, expected: dict, released: dict, result: Collection
) -> list[Candidate]:
    """Those of one student's files that are the assignment, by what they hold or, if that does not tell, by their name.

    `expected` holds the cell ids of every assignment: a file is of the one with which it shares most. `released` is
    what this one's answers were before anybody changed them.
    """
    notebooks = [file for file in found if is_notebook(file.where)]
    others = [file.where for file in found if not is_notebook(file.where)]
    result.foreign += [f"{where}: not a notebook" for where in others if where.name not in (ORIGIN, TIMESTAMP, SECRET)]
    secrets = {file.where.parent: file for file in found if file.where.name == SECRET}
    candidates, budget = [], MAX_STUDENT
    for file in notebooks:
        try:
            data = file.read(min(MAX_NOTEBOOK, budget))
        except (Refused, OSError) as error:
            result.refused.append(f"{file.where}: {error}")
            continue
        budget -= len(data)
        named = names_assignment(file.where.name, assignment)
        try:
            answers = answers_in(json.loads(data))
            shared = {name: len(known & set(answers)) for name, known in expected.items()}
            answered = sum(answers.get(name, "") not in ("", text) for name, text in released.items())
            cells, others_most = shared.pop(assignment), max(shared.values(), default=0)
            ours = cells > others_most or (cells == others_most and named)
        except (ValueError, RecursionError):  # damaged: the grader tells the student so
            cells, answered, ours = 0, 0, named or len(notebooks) == 1
        if ours:
            secret = secret_in(secrets.get(file.where.parent))
            candidates.append(Candidate(file, data, cells, answered, named, secret))
        else:
            result.foreign.append(f"{file.where}: a notebook, but not of {assignment}")
    return candidates


def secret_in(file: File | None) -> str:
    """What nbgrader's exchange put beside a notebook; empty where it is missing or a student has made it unreadable."""
    try:
        return file.read(MAX_SECRET).decode("ascii", "replace") if file else ""
    except (Refused, OSError):
        return ""


def choose(student: str, candidates: list[Candidate], result: Collection) -> Candidate:
    """Of those notebooks that hold at least half of what the fullest holds the newest, or that with most answers."""
    most = max(candidate.cells for candidate in candidates)

    def merit(candidate):
        where = candidate.file.where
        again = re.search(r"[-(](\d{1,3})\)?\.ipynb", where.name, re.IGNORECASE)  # Canvas: -1, browsers: (1)
        copy, time = int(again[1]) if again else 0, candidate.file.time.timestamp() if candidate.file.time else 0.0
        return (2 * candidate.cells >= most, time, candidate.answered, copy, candidate.named, -len(where.parts))

    *others, best = sorted(candidates, key=merit)
    result.duplicate += [f"{student}: {other.file.where} left out, {best.file.where} taken" for other in others]
    return best


def list_oddities(student: str, result: Collection, file: File, assignment: str, due: datetime | None) -> None:
    """Put a submission on the lists that is late, has another name or only a file's name to say whose it is."""
    if file.late or (due and file.time and file.time > due):
        result.late.append(f"{student}: " + (f"{file.time:%Y-%m-%d %H:%M} UTC" if file.time else "so marked by Canvas"))
    if file.loose:
        result.guessed.append(f"{student}: {file.where}")
    if not file.where.name.endswith(f"{assignment}.ipynb"):
        result.renamed.append(f"{student}: {file.where.name}")


def store(course: Course, assignment: str, student: str, owner: Owner, chosen: Candidate, result: Collection) -> bool:
    """Write the chosen notebook where nbgrader expects it, beside a note of where it came from, unless it is older."""
    folder = course.submitted(student, assignment)
    notebook, known = folder / f"{assignment}.ipynb", read_json(folder / ORIGIN)
    before = notebook.read_bytes() if notebook.exists() else None
    same = before == chosen.data
    origin = origin_of(owner, chosen.file, known, same)
    if before is not None and not same:
        here = known.get("as_of") or known.get("time") or ""
        # an archive's own times say little, so what was replaced here once does not come back by a newer download
        again = owner.system != "folder" and digest(chosen.data) in origin["earlier"]
        if origin["as_of"] < here or (again and (not chosen.file.time or origin["as_of"] == here)):
            result.collected[student] = "older than what is here: left out"
            result.older.append(f"{student}: {chosen.file.where}")
            return False
        result.replaced.append(f"{student}: by {chosen.file.where}")
        origin["earlier"].append(digest(before))
    result.collected[student] = "unchanged" if same else "new" if before is None else "replaced"
    write_atomically(notebook, chosen.data)
    write_atomically(folder / ORIGIN, json.dumps(origin, indent=1).encode())
    stamp = f"{datetime.fromisoformat(origin['time']):%Y-%m-%d %H:%M:%S.%f} UTC" if origin["time"] else ""
    for extra, text in ((TIMESTAMP, stamp), (SECRET, chosen.secret)):
        if text:
            write_atomically(folder / extra, text.encode())
        elif owner.system == origin["system"]:  # else it is mended, and keeps what its student's had
            (folder / extra).unlink(missing_ok=True)
    return True
