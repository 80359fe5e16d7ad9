"""Tests of the tests: right and wrong answers to every assignment, and what each must score.

`grader/variants/<assignment>/wheats/*.py` are right answers written differently, `chaffs/*.py` the wrong ones that
students write. A file says in its first comment what the student did, a chaff also which part it breaks::

    # sum for mean: the gradient lacks 1/R
    # part: test-loss-backward
    # %% loss-backward
    def loss_backward(...):
        ...
"""

import copy
import json
import queue
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress
from rich.table import Table

from grader.assignment import MANUAL, SOLUTION, Assignment, load_assignment, names_of
from grader.engine import Worker
from grader.process import Limits
from grader.reach import needless_cells
from grader.result import FAILED, Result

SEEDS = (0, 1, 2, 3, 4)
LIMITS = Limits(cell_seconds=20, call_seconds=10, test_seconds=30, total_seconds=240)
INSTRUCTOR, RELEASE, NAN, WHEAT, CHAFF = "instructor's version", "released version", "all NaN", "wheat", "chaff"
ZERO = (RELEASE, NAN)


class VariantError(Exception):
    """A variant file that is not written as it must be; the message says which and why."""


@dataclass(frozen=True)
class Variant:
    """One submission of known worth.

    Parameters
    ----------
    name, kind : str
        The file's name without ``.py``; "wheat", "chaff", or one that is made up for every assignment.
    says : str
        What the student did.
    part : str
        For a chaff, the test that must fail.
    cells : dict of str to str
        The sources that differ from the instructor's, by grade id.
    """

    name: str
    kind: str
    says: str
    part: str = ""
    cells: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Report:
    """What the check of one assignment found; `problems` is empty if all is as it must be."""

    assignment: Assignment
    variants: tuple[Variant, ...]
    results: dict[str, list[Result]]
    problems: tuple[str, ...]


def read_variant(path: Path, kind: str, assignment: Assignment) -> Variant:
    """Read one file of variants/; raises VariantError if it is not as the module says."""
    where = f"{assignment.name}/{path.parent.name}/{path.name}"
    try:
        head, *blocks = ("\n" + path.read_text(encoding="utf-8")).split("\n# %%")
    except UnicodeDecodeError as error:
        raise VariantError(f"{where}: it is not text in UTF-8") from error
    comments = [line.lstrip("# ").strip() for line in head.splitlines() if line.startswith("#")]
    parts = [text.removeprefix("part:").strip() for text in comments if text.startswith("part:")]
    if not comments or comments[0].startswith("part:"):
        raise VariantError(f"{where}: the first line must be a comment that says what the student did")
    if kind == CHAFF and (len(parts) != 1 or parts[0] not in {test.identity for test in assignment.tests}):
        raise VariantError(f"{where}: a line '# part: <test>' must name the one test that it breaks")
    known, cells = {cell.identity for cell in assignment.of_role(SOLUTION)}, {}
    for block in blocks:
        identity, _, source = block.partition("\n")
        cells[identity.strip()] = source.strip("\n")
    for identity in cells:
        if identity not in known:
            raise VariantError(f"{where}: there is no answer cell {identity!r}")
    if not cells:
        raise VariantError(f"{where}: it replaces no answer cell; start one with '# %% <grade id>'")
    return Variant(path.stem, kind, comments[0], parts[0] if parts else "", cells)


def read_variants(assignment: Assignment, root: Path) -> list[Variant]:
    """All variants of an assignment, with the three that every assignment has: instructor's, released, all NaN."""
    folder = root / "grader" / "variants" / assignment.name
    variants = [
        Variant(INSTRUCTOR, INSTRUCTOR, "the instructor's answers"),
        Variant(RELEASE, RELEASE, "nothing answered", cells=_released(assignment)),
        Variant(NAN, NAN, "every function returns NaN", cells=_nan(assignment)),
    ]
    for kind in (WHEAT, CHAFF):
        variants += [read_variant(path, kind, assignment) for path in sorted((folder / f"{kind}s").glob("*.py"))]
    return variants


def _released(assignment: Assignment) -> dict[str, str]:
    return {cell.identity: cell.released for cell in assignment.of_role(SOLUTION)}


def _nan(assignment: Assignment) -> dict[str, str]:
    wanted = {name for test in assignment.tests for name in test.student_names}
    return {
        cell.identity: "\n".join(
            f'def {name}(*args, **kwargs):\n    return float("nan")'
            for name in sorted(names_of(cell.source)[0] & wanted)
        )
        for cell in assignment.of_role(SOLUTION)
    }


def submission(assignment: Assignment, cells: dict[str, str]) -> bytes:
    """The released notebook, filled in with these answers and elsewhere with the instructor's."""
    notebook = copy.deepcopy(assignment.notebook)
    for cell, known in zip(notebook["cells"], assignment.cells, strict=True):
        answered = cells.get(known.identity, known.source)
        cell["source"] = answered if known.role in (SOLUTION, MANUAL) else known.released
    return json.dumps(notebook).encode()


def problems_of(variant: Variant, results: list[Result], assignment: Assignment) -> list[str]:
    """What is wrong with a variant's scores, one sentence each."""
    points = {test.identity: test.points for test in assignment.tests}
    found = []
    for seed, result in enumerate(results):
        lost = {part.grade_id for part in result.parts if part.points < part.max_points}
        wanted = set() if variant.kind in (WHEAT, INSTRUCTOR) else {variant.part}
        if variant.kind in ZERO:
            wanted = {part.grade_id for part in result.parts}
        for part in result.parts:
            if part.grade_id in lost - wanted:
                words = part.detail.strip().splitlines() or [part.message]
                found.append(f"loses {part.grade_id} ({points[part.grade_id]:g}): {words[0]} … {words[-1]}")
        for identity in sorted(wanted - lost):
            found.append(f"keeps the points of {identity}")
        unjudged = [part.grade_id for part in result.parts if part.verdict not in ("passed", FAILED)]
        found += [f"no verdict on {identity}: {result.needs_review[:300]}" for identity in unjudged]
        if variant.kind == INSTRUCTOR:
            found += [
                f"the cell '{cell}' shows an error" for cell, shown in result.outputs.items() if _has_error(shown)
            ]
        if found:
            return [f"{text} (seed {seed + 1} of {len(results)})" for text in dict.fromkeys(found)]
    return []


def _has_error(outputs: list[dict]) -> bool:
    return any(output["output_type"] == "error" for output in outputs)


def check_assignment(name: str, workers: queue.Queue, pool: ThreadPoolExecutor, seeds, root: Path, tick) -> Report:
    """Grade every variant of one assignment with every seed; ``tick(total)`` is called for each one done."""
    assignment = load_assignment(name, root)
    variants = read_variants(assignment, root)

    def grade(variant):
        worker = workers.get()
        skip = frozenset() if variant.kind == INSTRUCTOR else needless_cells(assignment, variant.cells)
        try:
            source = submission(assignment, variant.cells)
            return worker.grade_seeds(source, name, variant.name, seeds, limits=LIMITS, skip=skip)
        finally:
            workers.put(worker)
            tick(len(variants))

    results = dict(zip((f"{v.kind}/{v.name}" for v in variants), pool.map(grade, variants), strict=True))
    problems = [
        f"{variant.kind} {variant.name}: {problem}"
        for variant, found in zip(variants, results.values(), strict=True)
        for problem in problems_of(variant, found, assignment)
    ]
    return Report(assignment, tuple(variants), results, tuple(problems))


def check_assignments(
    names: list[str], root: Path, jobs: int, console: Console, sandbox: bool = True, seeds=SEEDS
) -> int:
    """Hold the tests of assignments against their variants and print what catches what.

    Parameters
    ----------
    names : list of str
        Assignments.
    root : Path
        The course's folder.
    jobs : int
        Worker processes.
    console : rich.console.Console
        Where to print.
    sandbox : bool
        False runs the variants unprotected.
    seeds : sequence of int
        Seeds of the hidden tests; the scores must be the same for all.

    Returns
    -------
    int
        The number of problems, 0 if every variant scores what it must.
    """
    workers, total = queue.Queue(), 0
    for _ in range(jobs):
        workers.put(Worker(root, sandbox=sandbox))
    try:
        with ThreadPoolExecutor(jobs) as pool, Progress(console=console, transient=True) as progress:
            for name in names:
                task = progress.add_task(name, total=None)
                tick = lambda count, task=task: progress.update(task, total=count, advance=1)  # noqa: E731
                report = check_assignment(name, workers, pool, seeds, root, tick)
                print_report(report, len(seeds), console)
                total += len(report.problems)
                progress.remove_task(task)
    finally:
        while not workers.empty():
            workers.get().close()
    console.print(
        f"{len(names)} assignments, {total} problems" if total else f"{len(names)} assignments as they must be"
    )
    return total


def print_report(report: Report, seeds: int, console: Console):
    """Print the matrix of chaffs against tests, the counts, and the problems."""
    tests, chaffs = report.assignment.tests, [v for v in report.variants if v.kind == CHAFF]
    wheats = sum(variant.kind == WHEAT for variant in report.variants)
    caught_by = {test.identity: set() for test in tests}
    if chaffs:
        table = Table(title=report.assignment.name, title_justify="left", caption_justify="left", padding=(0, 0))
        table.caption = "V: a visible test catches it, H: only a hidden one does; red: not what it must lose"
        table.add_column("chaff", no_wrap=True)
        for number in range(1, len(tests) + 1):
            table.add_column(f"{number} ", justify="center")
        for chaff in chaffs:
            marks = _marks(report.results[f"{CHAFF}/{chaff.name}"])
            for identity, mark in marks.items():
                caught_by[identity].add(mark)
            table.add_row(escape(chaff.name), *(_coloured(test.identity, chaff, marks) for test in tests))
        console.print(table)
    for number, test in enumerate(tests, 1):
        marks = caught_by[test.identity]
        note = "" if "H" in marks else "its hidden tests catch nothing alone" if marks else "it catches nothing alone"
        console.print(f"  {number:2d} {test.identity} ({test.points:g} points) [yellow]{note}[/yellow]")
    for problem in report.problems:
        console.print(f"[red]{report.assignment.name}: {escape(problem)}[/red]", soft_wrap=True)
    caught = sum(bool(_marks(report.results[f"{CHAFF}/{chaff.name}"]).get(chaff.part)) for chaff in chaffs)
    console.print(
        f"{report.assignment.name}: {wheats} wheats, {caught} of {len(chaffs)} chaffs caught, "
        f"{seeds} seeds, {len(report.problems)} problems\n"
    )


def _marks(results: list[Result]) -> dict[str, str]:
    """For each test that the chaff fails with any seed: V or H, for the first test in the cell that failed."""
    marks = {}
    for result in results:
        for part in result.parts:
            if part.points < part.max_points:
                marks.setdefault(part.grade_id, "H" if part.detail.startswith("In a hidden") else "V")
    return marks


def _coloured(identity: str, chaff: Variant, marks: dict[str, str]) -> str:
    wanted = identity == chaff.part
    mark = marks.get(identity, "-" if wanted else "")
    return f"[{'green' if wanted and identity in marks else 'red'}]{mark}[/]" if mark else ""
