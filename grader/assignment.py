"""The instructor's notebook: what each cell is for, what students get of it, and which names its tests use."""

import ast
import builtins
import copy
import hashlib
import json
import os
import symtable
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import nbformat
from IPython.core.inputtransformer2 import TransformerManager

from grader.process import Limits

BEGIN_HIDDEN, END_HIDDEN = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"
# What students find where the solution was, and read when a test meets it; nbgrader_config.py gives it to nbgrader.
# Short enough that `nbgrader validate` shows it whole.
CODE_STUB = (
    '# YOUR CODE HERE\nraise NotImplementedError("This part is not written yet: write it in place of this line.")'
)
SETUP, SOLUTION, TEST, DEMO, MANUAL, PROSE = "setup", "solution", "test", "demo", "manual", "prose"


class AssignmentError(Exception):
    """The instructor's notebook cannot be used; the message says where and why."""


@dataclass(frozen=True)
class Cell:
    """One cell of the instructor's notebook.

    Parameters
    ----------
    identity : str
        nbgrader's grade_id, or else the notebook's cell id.
    role : str
        "setup", "solution", "test", "demo", "manual" or "prose".
    kind : str
        "code", "markdown" or "raw".
    source, released : str
        The instructor's source, and what the student gets of it.
    points : float
        The maximum, for tests and manual cells.
    figure : bool
        Tagged "figure": nothing that is graded needs it.
    student_names : tuple of str
        For a test: the names that it takes from the student's process.
    judge_source : str
        For setup and demo cells: what of it the judge runs too.
    """

    identity: str
    role: str
    kind: str
    source: str
    released: str
    points: float = 0.0
    figure: bool = False
    student_names: tuple[str, ...] = ()
    judge_source: str = ""

    @property
    def runs(self) -> bool:
        """Whether it runs in the student's process."""
        return self.kind == "code" and self.role != TEST

    @property
    def visible(self) -> str:
        """The source of a test with its hidden lines blank, so that the others keep their numbers."""
        lines, hidden = [], False
        for line in self.source.splitlines():
            hidden |= BEGIN_HIDDEN in line
            lines.append("" if hidden else line)
            hidden &= END_HIDDEN not in line
        return "\n".join(lines) if BEGIN_HIDDEN in self.source else self.source


@dataclass(frozen=True)
class Assignment:
    """The instructor's notebook as the grader uses it; `digest` changes when the file does.

    `limits` are the usual ones, unless the notebook's metadata say ``{"grader": {"limits": {"call_seconds": 60}}}``.
    """

    name: str
    cells: tuple[Cell, ...]
    digest: str
    limits: Limits
    notebook: dict = field(repr=False, hash=False, compare=False)

    def of_role(self, *roles: str) -> Iterator[Cell]:
        """The cells that have one of these roles, in notebook order."""
        return (cell for cell in self.cells if cell.role in roles)

    @property
    def tests(self) -> tuple[Cell, ...]:
        """The test cells, in notebook order."""
        return tuple(self.of_role(TEST))


def load_assignment(name: str, root: Path) -> Assignment:
    """Read solutions/NAME/NAME.ipynb of the course in `root`; the same unchanged file is read once.

    Raises
    ------
    AssignmentError
        If there is no such notebook or it is not fit for grading.
    """
    solutions = root / "solutions"
    path = solutions / name / f"{name}.ipynb"
    if os.sep in name or not path.is_file():
        known = sorted(found.parent.name for found in solutions.glob("*/*.ipynb"))
        raise AssignmentError(f"there is no assignment {name!r} in {solutions}; there are: {', '.join(known)}")
    return _parse(name, path.read_bytes())


@lru_cache(maxsize=32)
def _parse(name: str, content: bytes) -> Assignment:
    try:
        notebook = nbformat.reads(content.decode(), as_version=4)
    except Exception as error:
        raise AssignmentError(f"{name}.ipynb is not a notebook: {error}") from error
    try:
        released = _released_sources(notebook)
    except RuntimeError as error:  # nbgrader's word for a region without its end
        raise AssignmentError(f"{name}.ipynb: {' '.join(str(error).split())}") from error
    cells = [_cell(name, cell, text) for cell, text in zip(notebook.cells, released, strict=True)]
    identities = [cell.identity for cell in cells]
    repeated = sorted({identity for identity in identities if identities.count(identity) > 1})
    if repeated:
        raise AssignmentError(f"{name}.ipynb: the cell id {repeated[0]!r} is there twice")
    cells = _with_names(cells)
    if not any(cell.role == TEST for cell in cells):
        raise AssignmentError(f"{name}.ipynb has no test cell")
    limits = _limits(name, notebook.metadata.get("grader", {}))
    digest = hashlib.sha256(content).hexdigest()
    return Assignment(name, tuple(cells), digest, limits, json.loads(nbformat.writes(notebook)))


def _limits(name: str, settings) -> Limits:
    """What the notebook's metadata say of limits; a number that is none would cost every student the marks."""
    try:
        limits = Limits(**settings.get("limits", {}))
        for key, value in vars(limits).items():
            if type(value) not in ((int,) if key.endswith("_bytes") else (int, float)) or not value > 0:
                raise TypeError(f"{key} is no {'whole ' if key.endswith('_bytes') else ''}number above 0")
    except (TypeError, AttributeError) as error:
        raise AssignmentError(f"{name}.ipynb, metadata, grader, limits: {error}") from error
    return limits


def _cell(name: str, cell, released: str) -> Cell:
    marks, tags = cell.metadata.get("nbgrader", {}), cell.metadata.get("tags", [])
    identity = marks.get("grade_id") or cell.get("id", "")
    role = PROSE
    if marks.get("grade") and marks.get("solution"):
        role = MANUAL
    elif marks.get("grade"):
        role = TEST
    elif marks.get("solution"):
        role = SOLUTION
    elif cell.cell_type == "code":
        role = SETUP if "setup" in tags else DEMO
    points = marks.get("points", 0) if marks.get("grade") else 0
    if type(points) not in (int, float) or not points >= 0 or (role == TEST and not points):
        raise AssignmentError(f"{name}.ipynb: the cell {identity!r} needs a number of points")
    if cell.cell_type == "code":
        try:
            ast.parse(TransformerManager().transform_cell(cell.source))
        except (SyntaxError, ValueError) as error:
            raise AssignmentError(f"{name}.ipynb: the cell {identity!r} is not Python: {error}") from error
    return Cell(identity, role, cell.cell_type, cell.source, released, float(points), "figure" in tags)


def _released_sources(notebook) -> list[str]:
    """What students get of each cell, by nbgrader's own preprocessors."""
    from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, ClearSolutions

    released = copy.deepcopy(notebook)
    for preprocessor in (ClearSolutions(code_stub={"python": CODE_STUB}), ClearHiddenTests(), ClearMarkScheme()):
        released, _ = preprocessor.preprocess(released, {})
    return [cell.source for cell in released.cells]


def _with_names(cells: list[Cell]) -> list[Cell]:
    """Find for each test the names that come from the student, and what of the other cells the judge runs.

    A name belongs to whoever binds it last before the test: a solution cell or a statement of a demo cell makes it
    the student's; a setup cell, or an import in a demo cell, makes it the package's own, which the judge imports.
    """
    wanted = set().union(*(names_of(cell.source)[1] for cell in cells if cell.role == TEST))
    owner, result = {}, []
    for cell in cells:
        changes = {}
        if cell.role == TEST:
            bound, loaded = names_of(cell.source)
            used = sorted(loaded - bound - set(dir(builtins)))
            changes["student_names"] = tuple(name for name in used if owner.get(name) == "student")
        elif cell.runs:
            imports = cell.source if cell.role == SETUP else _imports(cell.source, wanted)
            owner.update(dict.fromkeys(names_of(cell.source)[0], "student"))
            if cell.role in (SETUP, DEMO):
                owner.update(dict.fromkeys(names_of(imports)[0], "judge"))
                changes["judge_source"] = imports
        result.append(Cell(**{**vars(cell), **changes}))
    return result


@lru_cache(maxsize=4096)
def names_of(source: str) -> tuple[frozenset[str], frozenset[str]]:
    """The names that a cell binds at top level, and those that it takes from outside; none if it does not parse."""
    try:
        table = symtable.symtable(TransformerManager().transform_cell(source), "cell", "exec")
    except (SyntaxError, ValueError):
        return frozenset(), frozenset()
    top = table.get_symbols()
    bound = {symbol.get_name() for symbol in top if symbol.is_assigned() or symbol.is_imported()}
    loaded = {symbol.get_name() for symbol in top if symbol.is_referenced()}
    inner = list(table.get_children())
    while inner:
        scope = inner.pop()
        inner.extend(scope.get_children())
        loaded |= {symbol.get_name() for symbol in scope.get_symbols() if symbol.is_global()}
    return frozenset(bound), frozenset(loaded)


def all_imports(source: str) -> str:
    """The import statements at the top level of a cell."""
    return _imports(source, names_of(source)[0])


def _imports(source: str, wanted: set[str]) -> str:
    """The import statements at the top level of a cell that bind a wanted name."""
    tree = ast.parse(TransformerManager().transform_cell(source))
    found = [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    texts = [ast.unparse(node) for node in found]
    return "\n".join(text for text in texts if names_of(text)[0] & wanted)
