"""Step one of grading: from a file that is not trusted, take the source of the cells that a student writes, only that.

Whatever else is in the file cannot matter: tags, metadata, outputs, extra, moved or repeated cells, edited tests.
Each oddity becomes a plain note for the student.
"""

import ast
import hashlib
import importlib
import json
import pkgutil
import re
from dataclasses import dataclass, field
from itertools import islice
from urllib.parse import quote

import nbformat

import chainrule
from grader.assignment import DEMO, MANUAL, PROSE, SOLUTION, Assignment, Cell, names_of

MAX_FILE_BYTES = 20_000_000
MAX_CELL_CHARACTERS = 200_000
MAX_CELLS = 5_000
MAX_NOTES = 20
MAX_COPIES = 20  # of an answer, and of text cells below it, whose pictures are looked for
MAX_PICTURES = 100  # of one cell; each is looked for in its text
TAKEN = "the package's own function is the answer to "
PICTURES = {"image/png": "png", "image/jpeg": "jpg"}


class Unusable(Exception):
    """The file cannot be graded at all; the message says why in words for the student."""


@dataclass(frozen=True)
class Rebuilt:
    """The student's sources by grade id, for every cell that a student may write, and what was odd about the file.

    `pictures` has the photos in answers that are graded by hand, as a notebook's attachments, by grade id.
    """

    sources: dict[str, str]
    notes: tuple[str, ...]
    needs_review: str = ""
    pictures: dict[str, dict] = field(default_factory=dict)


@dataclass(frozen=True)
class Found:
    """One cell of the submitted file, as far as it makes sense."""

    identity: str
    kind: str
    source: str
    marks: tuple
    attachments: dict


def rebuild(content: bytes, assignment: Assignment) -> Rebuilt:
    """Take the student's sources out of the bytes of a submitted notebook.

    Raises
    ------
    Unusable
        If the bytes are no notebook, or none of the assignment's cells is in it.
    """
    notebook = _read(content)
    language = _language(notebook)
    found = [_found(cell) for cell in notebook["cells"][:MAX_CELLS] if isinstance(cell, dict)]
    by_identity = {}
    for cell in found:
        by_identity.setdefault(cell.identity, []).append(cell)
    written_below = _written_below(found, assignment)
    writable = [cell for cell in assignment.of_role(SOLUTION, MANUAL)]
    if not any(cell.identity in by_identity for cell in writable):
        raise Unusable(
            f"None of the answer cells of {assignment.name} is in this file: it may belong to another assignment."
        )
    notes = [*_language_note(language), *_layout_notes(found, assignment)]
    sources, pictures = {}, {}
    for cell in writable:
        copies = by_identity.get(cell.identity, [])
        below = written_below.get(cell.identity, [])
        sources[cell.identity] = "\n".join(copy.source for copy in [*copies, *below])
        if below:
            notes.append(f"The text of your own below '{cell.identity}' was added to that answer.")
        if not copies:
            notes.append(f"The answer cell '{cell.identity}' is missing.")
        elif len(copies) > 1:
            notes.append(f"The answer cell '{cell.identity}' is there {len(copies)} times; all were run, in order.")
        elif copies[0].kind != cell.kind:
            notes.append(f"The answer cell '{cell.identity}' is no longer a {cell.kind} cell; it was read as one.")
        if len(sources[cell.identity]) > MAX_CELL_CHARACTERS:
            sources[cell.identity] = ""
            notes.append(
                f"The answer cell '{cell.identity}' is longer than {MAX_CELL_CHARACTERS:,} characters: not run."
            )
        for copy in [*copies, *below][:MAX_COPIES] if cell.role == MANUAL else ():
            sources[cell.identity], kept = _pictures(sources[cell.identity], copy.attachments)
            pictures.setdefault(cell.identity, {}).update(kept)
    taken = [cell.identity for cell in writable if _taken(cell, sources[cell.identity], assignment)]
    notes += [f"'{name}' hands on the package's own function; your instructor will look at it." for name in taken]
    review = TAKEN + ", ".join(taken) if taken else ""
    review = review if language == "python" else f"the notebook's language is {language}, not Python"
    return Rebuilt(sources, tuple(notes[:MAX_NOTES]), review, {name: kept for name, kept in pictures.items() if kept})


def _taken(cell: Cell, source: str, assignment: Assignment) -> bool:
    """Whether an answer takes from the package what a cell below puts in that answer's place."""
    if cell.kind != "code":
        return False
    asked, given = names_of(cell.source)[0], set()
    for demo in assignment.of_role(DEMO):
        for node in ast.parse(demo.judge_source).body:
            if isinstance(node, ast.ImportFrom) and node.module.startswith("chainrule"):
                given |= {alias.name for alias in node.names if (alias.asname or alias.name) in asked}
    try:
        return bool(given & _from_the_package(ast.parse(re.sub("^[%!].*", "", source, flags=re.MULTILINE))))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False


def _from_the_package(tree: ast.AST) -> set[str]:
    """The names that code imports from the helper package, or takes from one of its modules."""
    own = {module.name for module in pkgutil.iter_modules(chainrule.__path__)}
    modules, found = set(own), set()
    for node in ast.walk(tree):  # a cell's own imports come before what its other statements are made of
        package, _, module = (getattr(node, "module", "") or "").partition(".")
        if isinstance(node, ast.ImportFrom) and package == "chainrule":
            found |= {alias.name for alias in node.names}
            if node.names[0].name == "*" and module in own:
                found |= set(vars(importlib.import_module(f"chainrule.{module}")))
            modules |= {alias.asname for alias in node.names if alias.name in modules}
        elif isinstance(node, ast.Import):
            modules |= {alias.asname for alias in node.names if alias.name.startswith("chainrule.")}
        elif isinstance(node, ast.Attribute):
            owner = node.value
            if (owner.id if isinstance(owner, ast.Name) else getattr(owner, "attr", "")) in modules:
                found.add(node.attr)
    return found


def _written_below(found: list[Found], assignment: Assignment) -> dict[str, list[Found]]:
    """Text cells of the student's own that follow an answer graded by hand: many write there and not in the cell."""
    known = {cell.identity: cell for cell in assignment.cells}
    below, answer = {}, None
    for cell in found:
        if cell.identity in known:
            answer = cell.identity if known[cell.identity].role == MANUAL else None
        elif answer and cell.kind == "markdown" and cell.source.strip():
            below.setdefault(answer, []).append(cell)
    return below


def _pictures(source: str, attachments: dict) -> tuple[str, dict]:
    """The attached PNG and JPEG pictures that a text shows, and the text; each bears its digest as its name.

    So an answer whose photo was replaced is another text, and the same photo in two submissions has the same name.
    """
    kept = {}
    for name, data in islice(attachments.items(), MAX_PICTURES):
        forms = {f"attachment:{name}", f"attachment:{quote(name, errors='replace')}"}
        shown = [form for form in forms if form in source]
        for kind, ending in PICTURES.items():
            content = data.get(kind) if isinstance(data, dict) else None
            content = "".join(map(str, content)) if isinstance(content, list) else content
            if shown and isinstance(content, str) and re.fullmatch(r"[A-Za-z0-9+/=\s]+", content):
                digest = hashlib.sha256("".join(content.split()).encode()).hexdigest()[:16]
                kept[f"{digest}.{ending}"] = {kind: content}
                for form in shown:
                    source = source.replace(f"({form})", f"(attachment:{digest}.{ending})")
    return source, kept


def _read(content: bytes) -> dict:
    """The notebook as JSON in the current format, checked only as far as it is used."""
    if len(content) > MAX_FILE_BYTES:
        raise Unusable(
            f"The file is larger than {MAX_FILE_BYTES // 1_000_000} MB: clear all outputs and hand it in again."
        )
    if not content.strip():
        raise Unusable("The file is empty.")
    try:
        notebook = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise Unusable("The file is not a notebook: it is cut short, damaged or of another kind.") from None
    if not isinstance(notebook, dict) or not isinstance(notebook.get("nbformat"), int):
        raise Unusable("The file is not a notebook: it does not say which notebook format it has.")
    if notebook["nbformat"] != nbformat.current_nbformat:
        try:
            notebook = json.loads(json.dumps(nbformat.convert(nbformat.from_dict(notebook), nbformat.current_nbformat)))
        except Exception:
            raise Unusable(
                f"The notebook's format {notebook['nbformat']} cannot be read: save it in JupyterLab."
            ) from None
    if not isinstance(notebook.get("cells"), list):
        raise Unusable("The file is a notebook without cells.")
    return notebook


def _language(notebook: dict) -> str:
    metadata = notebook.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    for key, name in (("kernelspec", "language"), ("language_info", "name")):
        part = metadata.get(key)
        if isinstance(part, dict) and isinstance(part.get(name), str):
            return _clean(part[name].lower())
    return "python"


def _language_note(language: str) -> list[str]:
    return (
        [] if language == "python" else [f"The notebook says that it is written in {language}; it was run as Python."]
    )


def _found(cell: dict) -> Found:
    metadata = cell.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    marks = metadata.get("nbgrader")
    marks = marks if isinstance(marks, dict) else {}
    identity = marks.get("grade_id") or cell.get("id")
    source = cell.get("source", "")
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    source = source.encode("utf-8", "replace").decode() if isinstance(source, str) else ""
    attachments = cell.get("attachments")
    blank = re.match(r"\s*", source[:MAX_CELL_CHARACTERS])[0]
    return Found(
        identity if isinstance(identity, str) else "",
        str(cell.get("cell_type")),
        source[blank.rfind("\n") + 1 :],  # IPython counts lines from the first that is not blank
        tuple(bool(marks.get(key)) for key in ("grade", "solution")),
        attachments if isinstance(attachments, dict) else {},
    )


def _layout_notes(found: list[Found], assignment: Assignment) -> list[str]:
    """What is odd about the cells that students do not write, and about their order."""
    known = {cell.identity: cell for cell in assignment.cells}
    order = [cell.identity for cell in found if cell.identity in known]
    wanted = [cell.identity for cell in assignment.cells if cell.identity in order]
    notes = []
    if list(dict.fromkeys(order)) != wanted:
        notes.append("Cells were moved; they were run in their original order.")
    own = [cell for cell in found if cell.identity not in known and cell.kind == "code" and cell.source.strip()]
    if own:
        notes.append(
            f"{len(own)} code cell{'s' if len(own) > 1 else ''} of your own not used: "
            "only what stands in the answer cells is run."
        )
    for cell in assignment.cells:
        copies = [copy for copy in found if copy.identity == cell.identity]
        notes.extend(_locked_notes(cell, copies))
    return notes


def _locked_notes(cell: Cell, copies: list[Found]) -> list[str]:
    if cell.role in (SOLUTION, MANUAL):
        marks = (cell.role == MANUAL, True)
        changed = any(copy.marks != marks for copy in copies)
        return [f"The settings of the cell '{cell.identity}' were changed; the original ones count."] if changed else []
    if cell.role == PROSE:
        return []
    what = f"The {cell.role} cell '{cell.identity}'"
    if not copies:
        return [f"{what} is missing; the original was used."]
    if len(copies) > 1:
        return [f"{what} is there {len(copies)} times; the original was used, once."]
    if _bare(copies[0].source) != _bare(cell.released) or copies[0].kind != cell.kind:
        return [f"{what} was edited; the original was used."]
    return []


def _bare(source: str) -> str:
    return "\n".join(line.rstrip() for line in source.strip().splitlines())


def _clean(text: str) -> str:
    return "".join(character for character in text[:40] if character.isprintable())
