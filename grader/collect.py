"""Sort what students handed in: Moodle and Canvas archives, plain folders and nbgrader's exchange.

Nothing is ever unpacked by a name that a student chose: notebooks are read into memory, capped in size, and written to
``grader/submitted/<student>/<assignment>/<assignment>.ipynb`` under an id made safe here.
"""

import functools
import hashlib
import io
import json
import os
import re
import stat
import unicodedata
import zipfile
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from nbgrader.utils import parse_utc

from grader.course import Course, UserError, read_json, write_atomically

MAX_NOTEBOOK = 50 * 2**20  # bytes of one notebook
MAX_STUDENT = 200 * 2**20  # bytes read from one student in all, so that an archive bomb hurts nobody else
MAX_DEPTH = 2  # archives inside the archive
ORIGIN, TIMESTAMP, SECRET = "collected.json", "timestamp.txt", "submission_secret.txt"
IGNORED = {"__MACOSX", ".ipynb_checkpoints", ".git", "__pycache__"}

MOODLE = re.compile(r"(?P<name>.+)_(?P<number>\d+)_assignsubmission_(?:file|onlinetext)_?(?P<rest>.*)", re.DOTALL)
CANVAS = re.compile(r"(?P<name>[^_/]+)_(?P<late>LATE_)?(?P<number>\d+|[0-9a-z]{5})_\d+_(?P<rest>.+)", re.DOTALL)
EXCHANGE = r"(?P<name>.+)\+{assignment}\+(?P<time>[^+]+)(?:\+[^+]+)?"
OTHER_EXCHANGE = re.compile(r".+\+[^+]+\+\d{4}-\d\d-\d\d [^+]+(\+[^+]+)?")


class Refused(Exception):
    """Why a file was not taken, in words for the instructor."""


@dataclass(frozen=True)
class File:
    """One file found, not yet read: `where` is only shown, `read` gives at most so many bytes or raises Refused."""

    where: PurePosixPath
    read: Callable[[int], bytes]
    time: datetime | None = None  # when it was handed in, with time zone, if that is known
    late: bool = False
    ours: int | None = None  # how many leading parts of `where` no student has named; None: all


@dataclass(frozen=True)
class Owner:
    """Whose files they are, as the learning management system says."""

    name: str
    number: str = ""
    system: str = "folder"


@dataclass(frozen=True)
class Candidate:
    """A notebook that may be the one to grade.

    `cells` counts the assignment's cells found in it, `named` says whether its name is the assignment's, and `secret`
    is the exchange's, under which nbgrader gives the feedback back.
    """

    file: File
    data: bytes
    cells: int
    named: bool
    secret: str = ""


@dataclass
class Collection:
    """What `collect` did; each list holds sentences for the instructor."""

    collected: dict[str, str] = field(default_factory=dict)
    late: list[str] = field(default_factory=list)
    renamed: list[str] = field(default_factory=list)
    duplicate: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def safe_student_id(name: str) -> str:
    """A student's id made safe for paths, globs, URLs and the gradebook; one that had to change ends with a hash."""
    wanted = unicodedata.normalize("NFC", name).strip()
    safe = "".join(
        "_" if unicodedata.category(c)[0] in "CZ" and c != " " or c in '/\\*?[]{}<>:"|+%#&`$~' else c for c in wanted
    )
    safe = re.sub(r"^[.\-]", "_", safe).rstrip(". ")
    while len(safe) > 100 or len(safe.encode()) > 200:
        safe = safe[:-1]
    if safe and safe == wanted:
        return safe
    tail = hashlib.sha256(wanted.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{safe or 'student'}-{tail}"


def collect(course: Course, source: Path, assignment: str, due: datetime | None = None) -> Collection:
    """Take every student's notebook of one assignment out of `source` into ``grader/submitted``.

    Parameters
    ----------
    course : Course
    source : Path
        A zip archive or a folder: Moodle's or Canvas's, one folder or notebook a student, or nbgrader's exchange.
    assignment : str
    due : datetime, optional
        With a time zone. Where the time of submission is known, later ones are listed as late.

    Returns
    -------
    Collection

    Raises
    ------
    UserError
        If the source is neither, or the assignment unknown.
    """
    course.solution(assignment)
    expected = {name: grade_ids(read_json(course.solution(name))) for name in course.assignments()}
    result = Collection()
    source = Path(source)
    if source.is_dir():
        if course.submitted("", "").resolve() in (source.resolve(), *source.resolve().parents):
            raise UserError(f"{source} is where collected submissions go; give the folder that they come from.")
        files = list(folder_files(source, result))
    elif source.is_file():
        files = list(archive_files(source.read_bytes, PurePosixPath(source.name), result, path=source))
    else:
        raise UserError(f"There is no file or folder {source}.")
    owned = sort_by_owner(files, assignment, result)
    namesakes = Counter(owner.name for owner in owned)
    for owner, found in sorted(owned.items(), key=lambda item: (item[0].name, item[0].number)):
        student = safe_student_id(label(owner, namesakes[owner.name] > 1))
        candidates = candidates_of(found, assignment, expected, result)
        if candidates:
            store(course, assignment, student, owner, choose(student, candidates, result), result)
            list_oddities(student, result, candidates[-1].file, assignment, due)
        elif owner.system != "folder" or any(len(file.where.parts) > 1 for file in found):
            result.missing.append(f"{student}: no notebook of {assignment} among {len(found)} files")
    return result


def label(owner: Owner, shared: bool) -> str:
    """What to make the id of: Canvas's numbers last for a term; Moodle's only for an assignment, so there the name."""
    if owner.system == "canvas":
        return owner.number
    return f"{owner.name} {owner.number}" if shared and owner.number else owner.name


def folder_files(folder: Path, result: Collection) -> Iterator[File]:
    """Every regular file below a folder; links and devices are never followed."""
    for where, folders, names in os.walk(folder):
        folders[:] = sorted(set(folders) - IGNORED)
        for name in sorted(names):
            path = Path(where) / name
            shown = PurePosixPath(path.relative_to(folder).as_posix())
            if not stat.S_ISREG(path.lstat().st_mode):
                result.refused.append(f"{shown}: a link or a device, not a file")
            elif is_archive(shown):
                files = list(archive_files(path.read_bytes, shown, result, depth=1, path=path))
                if len(shown.parts) == 1 and is_download(files):
                    result.refused.append(f"{shown}: holds the work of several students; collect it by itself")
                else:
                    yield from files
            else:
                yield File(shown, lambda limit, path=path: read_capped(path.open("rb"), limit))


def member_time(info: zipfile.ZipInfo) -> datetime | None:
    """When the archive says that the file was stored, on this machine's clock; 1980 stands for not known."""
    try:
        return datetime(*info.date_time).astimezone(UTC) if info.date_time[0] > 1980 else None
    except (ValueError, OverflowError, OSError):
        return None


def is_download(files: list[File]) -> bool:
    """Whether Moodle or Canvas has named the notebooks of an archive after several students."""
    parts = [file.where.parts[1] for file in files if is_notebook(file.where)]
    return len({m["name"] for part in parts if (m := MOODLE.fullmatch(part) or CANVAS.fullmatch(part))}) > 1


def archive_files(
    read, shown: PurePosixPath, result: Collection, depth=0, path=None, time=None, ours=None
) -> Iterator[File]:
    """Every file in a zip archive, and in archives inside it; of the outermost one the name is not part of the path.

    An archive inside, or in a folder of submissions, was made by a student, who chose its members' names and times:
    all in it was handed in when it was, `time`, and belongs to whom its own path says, the first `ours` parts.
    """
    ours = ours or (len(shown.parts) if depth else None)
    inside = PurePosixPath(*shown.parts[:-1], shown.stem) if depth else PurePosixPath()
    try:
        archive = zipfile.ZipFile(path if path else io.BytesIO(read()))
    except (zipfile.BadZipFile, OSError, ValueError, Refused) as error:
        if not depth:
            raise UserError(f"{shown} is not a zip archive that can be read: {error}") from error
        result.refused.append(f"{shown}: an archive that cannot be read ({error})")
        return
    for info in archive.infolist():
        parts = PurePosixPath(info.filename.replace("\\", "/")).parts
        name = PurePosixPath(*(part for part in parts if part not in ("/", "..")))
        if info.is_dir() or IGNORED & set(name.parts) or name.name.startswith("._"):
            continue
        where, when = inside / name, time if depth else member_time(info)
        if stat.S_ISLNK(info.external_attr >> 16):
            result.refused.append(f"{where}: a link, not a file")
        elif is_archive(name) and depth < MAX_DEPTH:
            read = functools.partial(read_member, archive, info, MAX_STUDENT)
            yield from archive_files(read, where, result, depth + 1, time=when, ours=ours)
        else:
            yield File(where, functools.partial(read_member, archive, info), when, ours=ours)


def is_archive(path: PurePosixPath) -> bool:
    """Whether the name says that it is a zip archive."""
    return path.suffix.lower() == ".zip"


def read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limit: int) -> bytes:
    """One member of an archive, whatever it claims its size to be."""
    try:
        return read_capped(archive.open(info), limit)
    except RuntimeError as error:  # zipfile's word for an encrypted member
        raise Refused("it is encrypted") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError) as error:
        raise Refused(f"it is damaged ({error})") from error


def read_capped(file, limit: int) -> bytes:
    """All of an open file, or Refused if it holds more than `limit` bytes."""
    with file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise Refused(f"it is larger than {limit / 2**20:.0f} MB")
    return data


def sort_by_owner(files: list[File], assignment: str, result: Collection) -> dict[Owner, list[File]]:
    """Whose each file is: exchange, Moodle and Canvas by their names, else the first folder or the file's own name."""
    wrapper = common_folder(files, assignment)
    exchange = re.compile(EXCHANGE.format(assignment=re.escape(assignment)), re.DOTALL)
    owned = defaultdict(list)
    for file in files:
        parts = file.where.parts
        for part in parts[: file.ours]:
            if match := exchange.fullmatch(part):
                owned[Owner(match["name"], system="exchange")].append(replace(file, time=exchange_time(match["time"])))
                break
            if match := MOODLE.fullmatch(part):
                owned[Owner(match["name"], match["number"], "moodle")].append(file)
                break
            if match := CANVAS.fullmatch(part):
                owned[Owner(match["name"], match["number"], "canvas")].append(replace(file, late=bool(match["late"])))
                break
        else:
            if len(parts) > 1 and not file.ours and OTHER_EXCHANGE.fullmatch(parts[-2]):
                result.foreign.append(f"{file.where}: of another assignment")
            elif name := plain_owner(parts[wrapper:], assignment):
                # a file's time in a folder or archive made by hand does not say when it was handed in
                owned[Owner(name)].append(replace(file, time=None))
    return owned


def exchange_time(text: str) -> datetime | None:
    """The time in the name of a folder of nbgrader's exchange."""
    try:
        return parse_utc(text).replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def common_folder(files: list[File], assignment: str) -> int:
    """How many leading folders wrap the class: 1 if all is in one folder that cannot be a single student's, else 0."""
    notebooks = [file.where.parts for file in files if is_notebook(file.where)]
    if len({parts[0] for parts in notebooks}) != 1 or min(len(parts) for parts in notebooks) < 2:
        return 0
    below = {parts[1] for parts in notebooks}
    if all(len(parts) == 2 for parts in notebooks):
        return int(len(below) > 1 and not any(names_assignment(name, assignment) for name in below))
    return int(below != {assignment})


def plain_owner(parts: tuple[str, ...], assignment: str) -> str:
    """The student's name by the first folder, or by the notebook's own name less the assignment's."""
    if len(parts) > 1:
        return parts[0]
    stem = re.split(r"\.ipynb", parts[0], flags=re.IGNORECASE)[0]
    return re.sub(re.escape(assignment), "", stem, flags=re.IGNORECASE).strip(" _-.") or stem


def is_notebook(path: PurePosixPath) -> bool:
    """Whether a name is a notebook's, also as browsers and mail programs change it: x.ipynb.txt, x.ipynb (1)."""
    return re.search(r"\.ipynb(\W|$)", path.name, re.IGNORECASE) is not None


def names_assignment(name: str, assignment: str) -> bool:
    """Whether a file's name holds the assignment's, whatever the case, the separators and what surrounds it."""
    return re.sub(r"\W|_", "", assignment).lower() in re.sub(r"\W|_", "", name).lower()


def grade_ids(notebook) -> set[str]:
    """The nbgrader ids of a notebook's solution and test cells; nothing is taken for granted about what it holds."""
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    found = set()
    for cell in cells if isinstance(cells, list) else []:
        metadata = cell.get("metadata") if isinstance(cell, dict) else None
        marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
        if isinstance(marks, dict) and (marks.get("solution") or marks.get("grade")):
            found.add(str(marks.get("grade_id")))
    return found


def candidates_of(found: list[File], assignment: str, expected: dict, result: Collection) -> list[Candidate]:
    """Those of one student's files that are the assignment, by what they hold or, if that does not tell, by their name.

    `expected` holds the cell ids of every assignment: a file is of the one with which it shares most.
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
            ids = grade_ids(json.loads(data))
            shared = {name: len(ids & known) for name, known in expected.items()}
            cells, others_most = shared.pop(assignment), max(shared.values(), default=0)
            ours = cells > others_most or (cells == others_most and named)
        except (ValueError, RecursionError):  # damaged: the grader tells the student so
            cells, ours = 0, named or len(notebooks) == 1
        if ours:
            secret = secrets.get(file.where.parent)
            secret = secret.read(MAX_NOTEBOOK).decode("ascii", "replace") if secret else ""
            candidates.append(Candidate(file, data, cells, named, secret))
        else:
            result.foreign.append(f"{file.where}: a notebook, but not of {assignment}")
    return candidates


def choose(student: str, candidates: list[Candidate], result: Collection) -> Candidate:
    """The newest of those notebooks that hold at least half of what the fullest holds; sorts the list, best last."""
    most = max(candidate.cells for candidate in candidates)

    def merit(candidate):
        where = candidate.file.where
        again = re.search(r"[-(](\d{1,3})\)?\.ipynb", where.name, re.IGNORECASE)  # Canvas: -1, browsers: (1)
        time = candidate.file.time.timestamp() if candidate.file.time else 0.0
        return (2 * candidate.cells >= most, time, int(again[1]) if again else 0, candidate.named, -len(where.parts))

    candidates.sort(key=merit)
    best = candidates[-1]
    taken = f"left out, {best.file.where} taken"
    result.duplicate += [f"{student}: {other.file.where} {taken}" for other in candidates[:-1]]
    return best


def list_oddities(student: str, result: Collection, file: File, assignment: str, due: datetime | None) -> None:
    """Put a submission that is late or has another name on the lists."""
    if file.late or (due and file.time and file.time > due):
        result.late.append(f"{student}: " + (f"{file.time:%Y-%m-%d %H:%M} UTC" if file.time else "so marked by Canvas"))
    if not file.where.name.endswith(f"{assignment}.ipynb"):
        result.renamed.append(f"{student}: {file.where.name}")


def store(course: Course, assignment: str, student: str, owner: Owner, chosen: Candidate, result: Collection) -> None:
    """Write the chosen notebook where nbgrader expects it, beside a note of where it came from."""
    folder = course.submitted(student, assignment)
    notebook, origin = folder / f"{assignment}.ipynb", folder / ORIGIN
    time = chosen.file.time.isoformat() if chosen.file.time else None
    if notebook.exists() and time and (read_json(origin).get("time") or "") > time:
        result.collected[student] = "older than what is here: left out"
        return
    same = notebook.exists() and notebook.read_bytes() == chosen.data
    result.collected[student] = "unchanged" if same else "replaced" if notebook.exists() else "new"
    write_atomically(notebook, chosen.data)
    facts = asdict(owner) | {"file": str(chosen.file.where), "time": time, "late": chosen.file.late}
    write_atomically(origin, json.dumps(facts, indent=1).encode())
    stamp = f"{chosen.file.time:%Y-%m-%d %H:%M:%S.%f} UTC" if time else ""
    for extra, text in ((TIMESTAMP, stamp), (SECRET, chosen.secret)):
        if text:
            write_atomically(folder / extra, text.encode())
        else:
            (folder / extra).unlink(missing_ok=True)
