"""Whose each file is that was handed in, and when it came, as far as its name and the archive that it lay in tell."""

import contextlib
import csv
import hashlib
import os
import pwd
import re
import unicodedata
import zipfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath

from dateutil.parser import parse
from nbgrader.utils import parse_utc

from grader.course import UserError

MOODLE = re.compile(r"(?P<name>.+)_(?P<number>\d+)_assignsubmission_(?:file|onlinetext)_?(?P<rest>.*)", re.DOTALL)
CANVAS = re.compile(
    r"(?:LATE_)?(?P<name>[^_/]+)_(?:LATE_)?(?P<number>\d+|[0-9a-z]{5})_\d+_(?P<rest>.+)", re.DOTALL
)  # LATE comes first where students are anonymous
EXCHANGE = r"(?P<name>.+)\+{assignment}\+(?P<time>[^+]+)(?:\+[^+]+)?"
OTHER_EXCHANGE = re.compile(r".+\+[^+]+\+\d{4}-\d\d-\d\d [^+]+(\+[^+]+)?")
COPY = re.compile(r"(?:\s*\(\d{1,3}\)|\s*-\s*(?:copy|kopie)\s*\d*)+$", re.IGNORECASE)  # x (1), x-Copy1, x - Kopie
DOWNLOAD = timedelta(hours=3)  # the longest that an archive of the whole class is taken to be on its way
WHO, WHEN = "Identifier", "Last modified (submission)"  # columns of Moodle's grading worksheet


@dataclass(frozen=True)
class File:
    """One file found, not yet read: `where` is only shown, `read` gives at most so many bytes or raises Refused."""

    where: PurePosixPath
    read: Callable[[int], bytes]
    stored: datetime | None = None  # when the archive says that it was put there: not later than the download
    time: datetime | None = None  # when it was handed in, with time zone, if that is known
    late: bool = False
    ours: int | None = None  # how many leading parts of `where` no student has named; None: all
    loose: bool = False  # whether only its own name says whose it is
    owner: int | None = None  # the user whose file it is, where that is known


@dataclass(frozen=True)
class Owner:
    """Whose files they are, as the learning management system says."""

    name: str
    number: str = ""
    system: str = "folder"


def safe_student_id(name: str) -> str:
    """A student's id made safe for paths, globs, URLs and the gradebook; one that had to change ends with a hash."""
    wanted = composed(name).strip()
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


def students_of(owners: Iterable[Owner], here: dict[str, tuple[str, str]]) -> tuple[dict[Owner, str], list[str]]:
    """Each owner's student id, and a sentence for each name that a newcomer shares.

    Canvas's numbers last for a term. Moodle's are for one assignment only, so there the name makes the id; of people
    with one name, who came first alone keeps it, all others have their number in it.

    Parameters
    ----------
    owners : iterable of Owner
    here : dict of str to (str, str)
        By Moodle's number, the id and the name of everybody collected before.
    """
    names = Counter(owner.name for owner in owners) + Counter(name for _, name in here.values())
    students, people = {}, defaultdict(dict)
    for number, (student, name) in here.items():
        people[name][number] = student
    new = set()
    for owner in owners:
        known = owner.system == "moodle" and owner.number in here
        shared = owner.system == "moodle" and not known and names[owner.name] > 1
        label = owner.number if owner.system == "canvas" else f"{owner.name} {owner.number}" if shared else owner.name
        students[owner] = here[owner.number][0] if known else safe_student_id(label)
        if shared:
            new.add(owner.name)
            people[owner.name][owner.number] = students[owner]
    return students, [_namesakes(name, people[name]) for name in sorted(new)]


def _namesakes(name: str, people: dict[str, str], most: int = 5) -> str:
    """Who is who of one name; not all of a class whose names Moodle hides."""
    shown = [f"number {number} is the student {student}" for number, student in list(people.items())[:most]]
    return f"{name}: {', '.join(shown)}" + (f", and {len(people) - most} more" if len(people) > most else "")


def sort_by_owner(files: list[File], assignment: str, foreign: list[str]) -> dict[Owner, list[File]]:
    """Whose each file is: exchange, Moodle and Canvas by their names, else the first folder or the file's own name."""
    wrapper = common_folder(files, assignment)
    exchange = re.compile(EXCHANGE.format(assignment=re.escape(assignment)), re.DOTALL)
    owned = defaultdict(list)
    several = len({file.owner for file in files} - {None}) > 1  # else all is one user's, as where students share one
    for file in files:
        parts = file.where.parts
        for part in parts[: file.ours]:
            if match := exchange.fullmatch(part):
                if several and not wrote(file.owner, match["name"]):
                    foreign.append(f"{file.where}: in the name of {match['name']}, but the file of another user")
                    break
                owned[Owner(match["name"], system="exchange")].append(replace(file, time=exchange_time(match["time"])))
                break
            if match := MOODLE.fullmatch(part):
                owned[Owner(match["name"], match["number"], "moodle")].append(file)
                break
            if match := CANVAS.fullmatch(part):
                late = "LATE_" in part[: match.start("number")]
                owned[Owner(match["name"], match["number"], "canvas")].append(replace(file, late=late))
                break
        else:
            if len(parts) > 1 and not file.ours and OTHER_EXCHANGE.fullmatch(parts[-2]):
                foreign.append(f"{file.where}: of another assignment")
            elif name := plain_owner(parts[wrapper:] or parts, assignment):  # `or`: a file beside the wrapping folder
                # a file's time in a folder or archive made by hand does not say when it was handed in
                loose = len(parts) == wrapper + 1
                owned[Owner(name)].append(replace(file, stored=None, loose=loose))
    return join_copies(owned)


def wrote(user: int | None, name: str) -> bool:
    """Whether a file in the exchange can be its student's: everybody may make folders there, in any name.

    What belongs to whoever collects was copied; that of a user without a name here cannot be checked.
    """
    try:
        return user in (None, os.getuid()) or pwd.getpwuid(user).pw_name == name
    except KeyError:
        return True


def join_copies(owned: dict[Owner, list[File]]) -> dict[Owner, list[File]]:
    """Give max-1.ipynb to whom max.ipynb is; without that, student-1 is somebody's name."""
    for owner in list(owned):
        original = Owner(re.sub(r"-\d{1,2}$", "", owner.name))
        if original != owner and original in owned and all(file.loose for file in owned[owner]):
            owned[original] += owned.pop(owner)
    return owned


def exchange_time(text: str) -> datetime | None:
    """The time in the name of a folder of nbgrader's exchange."""
    try:
        return parse_utc(text).replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def hand_in_times(owned: dict[Owner, list[File]], worksheet: dict[str, datetime]) -> list[str]:
    """Note in the files from Moodle when they were handed in; sentences about what is not known.

    Canvas and newer Moodles give each member of an archive the time at which it was sent. Older Moodles give the time
    when it was uploaded. Those differ by more than a download takes; if in doubt the times are not used, which is said,
    whereas a slow download taken for hand-in times would make everybody late without a word.
    """
    moodle = [owner for owner in owned if owner.system == "moodle"]
    stored = [file.stored for owner in moodle for file in owned[owner] if file.stored]
    usable = bool(stored) and max(stored) - min(stored) > DOWNLOAD
    for owner in moodle:
        files = owned[owner]
        owned[owner] = [replace(f, time=worksheet.get(owner.number, f.stored if usable else None)) for f in files]
    unknown = sorted(owner.name for owner in moodle if not all(file.time for file in owned[owner]))
    if unknown and worksheet:
        return [f"Moodle's grading worksheet does not say when these handed in: {', '.join(unknown)}."]
    if unknown:
        return [
            "What times Moodle's archive holds may be those of its download, so nobody from it is listed as late; "
            "give Moodle's grading worksheet with --times."
        ]
    return []


def worksheet_times(path: Path) -> dict[str, datetime]:
    """When each participant handed in, by number, from Moodle's grading worksheet; by this machine's clock.

    Raises
    ------
    UserError
        If it is no such worksheet, or holds a time that cannot be read.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, ValueError, csv.Error) as error:
        raise UserError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}.") from error
    if not rows or not {WHO, WHEN} <= set(rows[0]):
        raise UserError(
            f'{path} lacks the columns "{WHO}" and "{WHEN}": set your language in Moodle to English, '
            "then download the grading worksheet again."
        )
    times = {}
    for row in rows:
        number, text = re.search(r"\d+$", (row[WHO] or "").strip()), (row[WHEN] or "").strip()
        if number and text not in ("", "-"):
            try:
                times[number[0]] = parse(text).astimezone(UTC)
            except (ValueError, OverflowError) as error:
                raise UserError(f'{path}, {row[WHO]}: "{text}" is not a time that can be read.') from error
    return times


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
    """The student's name by the first folder, or by the notebook's own less the assignment's and a copy's ending."""
    if len(parts) > 1:
        return parts[0]
    stem = COPY.sub("", re.split(r"\.ipynb", parts[0], flags=re.IGNORECASE)[0])
    loosely = r"[\W_]*".join(re.escape(letter) for letter in bare(assignment))
    wanted = rf"(?<![^\W_]){loosely}(?![^\W_])(-\d{{1,2}}$)?|{re.escape(assignment)}"
    return re.sub(wanted, "", stem, flags=re.IGNORECASE).strip(" _-.") or stem


def is_notebook(path: PurePosixPath) -> bool:
    """Whether a name is a notebook's, also as browsers and mail programs change it: x.ipynb.txt, x.ipynb (1)."""
    return re.search(r"\.ipynb(\W|$)", path.name, re.IGNORECASE) is not None


def bare(name: str) -> str:
    """A name in small letters without anything between them."""
    return re.sub(r"\W|_", "", name).lower()


def names_assignment(name: str, assignment: str) -> bool:
    """Whether a file's name holds the assignment's, whatever the case, the separators and what surrounds it."""
    return bare(assignment) in bare(name)


def composed(name: str) -> str:
    """A name with its accents put together, since names are compared letter by letter."""
    return unicodedata.normalize("NFC", name)


def member_name(info: zipfile.ZipInfo) -> str:
    """A member's name; macOS' Finder writes UTF-8, but not the flag that says so, and takes accents apart."""
    name = info.filename
    if not info.flag_bits & 0x800:  # the flag of a name in UTF-8
        with contextlib.suppress(UnicodeError):  # else it is neither, and stays as zipfile has read it
            name = name.encode("cp437").decode("utf-8")
    return composed(name).replace("\\", "/")


def member_time(info: zipfile.ZipInfo) -> datetime | None:
    """When the archive says that the file was stored, on this machine's clock; 1980 stands for not known."""
    try:
        return datetime(*info.date_time).astimezone(UTC) if info.date_time[0] > 1980 else None
    except (ValueError, OverflowError, OSError):
        return None


def is_archive(path: PurePosixPath) -> bool:
    """Whether the name says that it is a zip archive."""
    return path.suffix.lower() == ".zip"


def is_download(files: list[File]) -> bool:
    """Whether Moodle or Canvas has named the notebooks of an archive after several students."""
    parts = [file.where.parts[1] for file in files if is_notebook(file.where)]
    return len({m["number"] for part in parts if (m := MOODLE.fullmatch(part) or CANVAS.fullmatch(part))}) > 1


def origin_of(owner: Owner, file: File, known: dict, same: bool) -> dict:
    """The note of where a notebook came from, for whom the note so far, `known`, was written.

    ``time`` is when it was handed in, if that is known. ``as_of`` decides what is newer: that time, else the archive's,
    else that of collecting. A file that the instructor has mended wins over all that is here.
    """
    time = file.time.isoformat() if file.time else None
    as_of = time or (file.stored or datetime.now(UTC)).isoformat()
    origin = asdict(owner) | {"file": str(file.where), "late": file.late}
    mended = owner.system == "folder" and known.get("system", "folder") != "folder"
    if mended:  # the learning management system still knows it by its old name and number
        origin |= {name: known.get(name) for name in origin}
    if owner.system == "folder" or (same and not time):  # given by hand, it is the newest whatever the clocks say
        as_of = max(as_of, known.get("as_of") or known.get("time") or "")
    if same or mended:
        time = time or known.get("time")
    return origin | {"time": time, "as_of": as_of, "earlier": list(known.get("earlier", ()))}
