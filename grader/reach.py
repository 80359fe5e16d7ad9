"""Which cells matter for which tests: what need not run, because nothing that is judged can depend on it.

Only for checking variants, where each differs from the instructor's answers in a cell or two. A test that cannot
reach a changed cell by any name is judged with exactly the instructor's answers, so its verdict is known.
"""

import ast
from dataclasses import dataclass
from functools import lru_cache

from IPython.core.inputtransformer2 import TransformerManager

from grader.assignment import DEMO, SETUP, SOLUTION, TEST, Assignment, names_of


@dataclass(frozen=True)
class Statement:
    """A statement at the top level of a cell: the names that it binds, those that it takes up, whether it changed.

    One that binds nothing (``values.append(1)``) may change what any of its names stands for: it touches them all.
    """

    bound: frozenset[str]
    loaded: frozenset[str]
    changed: bool = False

    @property
    def touched(self) -> frozenset[str]:
        """The names that stand for something else after it."""
        return self.bound or self.loaded


def needless_cells(assignment: Assignment, cells: dict[str, str]) -> frozenset[str]:
    """The demos and tests, by identity, that need not run to judge these answers (source by grade id)."""
    needed = _needed_demos(assignment, cells)
    needless = {cell.identity for cell in assignment.of_role(DEMO)} - needed
    simple = all(_only_defines(source) for source in cells.values())
    before, changed = [], False
    for cell in assignment.cells:
        changed |= cell.identity in cells
        if cell.role == TEST:
            if cells and (not changed or (simple and not _reaches(cell.student_names, before))):
                needless.add(cell.identity)
        elif cell.runs and cell.identity not in needless:
            source = cells.get(cell.identity, cell.source)
            before += [Statement(*names, cell.identity in cells) for names in _statements(source)]
    return frozenset(needless)


def _needed_demos(assignment: Assignment, cells: dict[str, str]) -> set[str]:
    """Demos that bind a name which an answer, a test or another such demo takes up."""
    wanted = set()
    for cell in assignment.of_role(SOLUTION, SETUP, TEST):
        wanted |= names_of(cells.get(cell.identity, cell.source))[1]
    demos, needed = [cell for cell in assignment.of_role(DEMO) if not cell.figure], set()
    while True:
        found = [cell for cell in demos if cell.identity not in needed and names_of(cell.source)[0] & wanted]
        if not found:
            return needed
        for cell in found:
            needed.add(cell.identity)
            wanted |= names_of(cell.source)[1]


@lru_cache(maxsize=4096)
def _statements(source: str) -> tuple[tuple[frozenset, frozenset], ...]:
    try:
        tree = ast.parse(TransformerManager().transform_cell(source))
    except SyntaxError:
        return ()
    return tuple(names_of(ast.unparse(statement)) for statement in tree.body)


def _only_defines(source: str) -> bool:
    """Whether running a cell does nothing but give names to functions, modules and plain values."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return False
    for statement in tree.body:
        if isinstance(statement, ast.FunctionDef):
            runs_now = [*statement.decorator_list, *statement.args.defaults, *statement.args.kw_defaults]
        elif isinstance(statement, ast.Assign) and all(isinstance(target, ast.Name) for target in statement.targets):
            runs_now = [statement.value]
        elif isinstance(statement, (ast.Import, ast.ImportFrom)) or _is_text(statement):
            runs_now = []
        else:
            return False
        if any(isinstance(node, (ast.Call, ast.Await)) for part in runs_now if part for node in ast.walk(part)):
            return False
    return not any(isinstance(node, ast.Global) for node in ast.walk(tree))


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _reaches(names: tuple[str, ...], before: list[Statement]) -> bool:
    """Whether what these names stand for, after all of these statements, can depend on a changed one."""
    seen, open_names = set(), [(name, len(before)) for name in names]
    while open_names:
        name, place = open_names.pop()
        for number in _makers(name, before, place):
            if before[number].changed:
                return True
            if number not in seen:
                seen.add(number)
                # A name in a function means what it stands for when the test calls it; elsewhere, what it stood for.
                for inner in before[number].loaded:
                    open_names += [(inner, len(before)), (inner, number)]
    return False


def _makers(name: str, before: list[Statement], place: int):
    """The statements before a place that made what the name stands for there: the last that binds it, all since."""
    for number in range(place - 1, -1, -1):
        if name in before[number].touched:
            yield number
            if name in before[number].bound:
                return
