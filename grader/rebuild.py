"""Step one of grading: from a file that is not trusted, take the source of the cells that a student writes, only that.

Whatever else is in the file cannot matter: tags, metadata, outputs, extra, moved or repeated cells, edited tests.
Each oddity becomes a plain note for the student.
"""

import json
from dataclasses import dataclass

import nbformat

from grader.assignment import MANUAL, PROSE, SOLUTION, Assignment, Cell

MAX_FILE_BYTES = 20_000_000
MAX_CELL_CHARACTERS = 200_000
MAX_CELLS = 5_000
MAX_NOTES = 20


class Unusable(Exception):
    """The file cannot be graded at all; the message says why in words for the student."""


@dataclass(frozen=True)
class Rebuilt:
    """The student's sources by grade id, for every cell that a student may write, and what was odd about the file."""

    sources: dict[str, str]
    notes: tuple[str, ...]
    needs_review: str = ""


@dataclass(frozen=True)
class Found:
    """One cell of the submitted file, as far as it makes sense."""

    identity: str
    kind: str
    source: str
    marks: tuple


def rebuild(content: bytes, assignment: Assignment) -> Rebuilt:
    """Take the student's sources out of the bytes of a submitted notebook.

    Raises
    ------
    Unusable
        If the bytes are no notebook, or none of the assignment's cells is in it.
    """
    notebook = _read(content)
    language = _language(notebook)
    found = [_found(cell, assignment) for cell in notebook["cells"][:MAX_CELLS] if isinstance(cell, dict)]
    by_identity = {}
    for cell in found:
        by_identity.setdefault(cell.identity, []).append(cell)
    writable = [cell for cell in assignment.of_role(SOLUTION, MANUAL)]
    if not any(cell.identity in by_identity for cell in writable):
        raise Unusable(
            f"None of the answer cells of {assignment.name} is in this file: it may belong to another assignment."
        )
    notes = [*_language_note(language), *_layout_notes(found, assignment)]
    sources = {}
    for cell in writable:
        copies = by_identity.get(cell.identity, [])
        sources[cell.identity] = "\n".join(copy.source for copy in copies)
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
    review = "" if language == "python" else f"the notebook's language is {language}, not Python"
    return Rebuilt(sources, tuple(notes[:MAX_NOTES]), review)


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


def _found(cell: dict, assignment: Assignment) -> Found:
    metadata = cell.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    marks = metadata.get("nbgrader")
    marks = marks if isinstance(marks, dict) else {}
    identity = marks.get("grade_id") or cell.get("id")
    source = cell.get("source", "")
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    return Found(
        identity if isinstance(identity, str) else "",
        str(cell.get("cell_type")),
        source.encode("utf-8", "replace").decode() if isinstance(source, str) else "",
        tuple(bool(marks.get(key)) for key in ("grade", "solution")),
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
