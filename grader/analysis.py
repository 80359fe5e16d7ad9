"""What a class's results say about the assignment: how hard each part was, and which known mistakes were made."""

import difflib
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from grader.assignment import Assignment
from grader.course import Course
from grader.engine import Worker
from grader.result import PASSED, PartResult, Result
from grader.schedule import Results, hidden_seed
from grader.scores import StudentScores
from grader.similarity import tokens
from grader.variants import CHAFF, Variant, needless_cells, read_variants, submission


@dataclass(frozen=True)
class Item:
    """One part as a test item.

    Parameters
    ----------
    name : str
        The cell's id.
    points : float
        The maximum.
    difficulty : float or None
        The mean share of the points earned, in [0, 1]; small is hard. Of those that need no instructor any more; None
        while all do.
    discrimination : float or None
        Correlation of this part's score with the sum of all others; None where one of the two never varies.
    waiting : int
        Submissions in which an instructor must look at this part.
    """

    name: str
    points: float
    difficulty: float | None
    discrimination: float | None
    waiting: int


def items(rows: list[StudentScores]) -> list[Item]:
    """Item analysis of every part (Crocker and Algina, Introduction to Classical and Modern Test Theory, ch. 14)."""
    names = list(rows[0].parts)
    scores = np.array([[row.parts[name].score for name in names] for row in rows])
    found = []
    for column, name in enumerate(names):
        maximum = rows[0].parts[name].max_score
        own, rest = scores[:, column], scores.sum(axis=1) - scores[:, column]
        varies = own.std() > 0 and rest.std() > 0
        discrimination = float(np.corrcoef(own, rest)[0, 1]) if varies else None
        settled = np.array([not row.parts[name].review for row in rows])
        difficulty = float(own[settled].mean() / maximum) if maximum and settled.any() else None
        found.append(Item(name, maximum, difficulty, discrimination, int((~settled).sum())))
    return found


@dataclass(frozen=True)
class Cluster:
    """Students who failed a part in the same way; `chaff` is the known mistake that it is, or empty."""

    part: str
    words: str
    chaff: str
    students: tuple[str, ...]


def signature(part: PartResult) -> tuple[str, str, str]:
    """How a part failed: which test, and with what error. The same seed gives the same mistake the same signature."""
    lines = [line for line in part.detail.splitlines() if line.strip()]
    place = lines[0] if lines and lines[0].startswith("In a ") else ""
    error = next((line for line in reversed(lines) if line[:1].strip() and ":" in line), "")
    return part.grade_id, place, error or part.message


def clusters(
    assignment: Assignment,
    results: dict[str, Result],
    sources: dict[str, dict[str, str]],
    chaffs: list[tuple[Variant, Result]],
) -> list[Cluster]:
    """Sort every failure by the chaff that fails in the same way, else by what the failure says.

    Where several chaffs fail alike, the one whose source is nearest to the student's is taken.

    Parameters
    ----------
    assignment : Assignment
    results : dict of str to Result
        By student.
    sources : dict of str to dict of str to str
        By student, then by the answer's id.
    chaffs : list of (Variant, Result)
        Known mistakes and what they score.

    Returns
    -------
    list of Cluster
        The largest first.
    """
    known = defaultdict(list)
    for variant, result in chaffs:
        for part in result.parts:
            if part.grade_id == variant.part and part.verdict != PASSED:
                known[signature(part)].append(variant)
    found = defaultdict(list)
    for student, result in results.items():
        for part in result.parts:
            if part.verdict != PASSED:
                variant = nearest(known[signature(part)], sources.get(student, {}))
                says = variant.says if variant else ""
                found[part.grade_id, says or part.message or signature(part)[2], says].append(student)
    order = {cell.identity: place for place, cell in enumerate(assignment.cells)}
    groups = [Cluster(part, words, chaff, tuple(students)) for (part, words, chaff), students in found.items()]
    return sorted(groups, key=lambda group: (-len(group.students), order.get(group.part, 0)))


def nearest(variants: list[Variant], sources: dict[str, str]) -> Variant | None:
    """The variant whose replaced cells are most like the student's; None if there is none."""

    def likeness(variant):
        pairs = [(tokens(source), tokens(sources.get(name, ""))) for name, source in variant.cells.items()]
        return np.mean([difflib.SequenceMatcher(None, *pair, autojunk=False).ratio() for pair in pairs])

    return variants[0] if len(variants) == 1 else max(variants, key=likeness, default=None)


def chaff_results(
    course: Course, assignment: Assignment, parts: set[str], jobs: int = 1
) -> list[tuple[Variant, Result]]:
    """What the known mistakes in these parts score with the class's own seed; from the cache where it is known.

    Raises
    ------
    SandboxError
        If there is no sandbox to run them in.
    """
    wanted = [v for v in read_variants(assignment, course.root) if v.kind == CHAFF and v.part in parts]
    results = Results(course, assignment)
    workers = [Worker(course.root) for _ in range(jobs)]

    def grade(job):
        number, variant = job
        content = submission(assignment, variant.cells)
        key = results.key(f"chaff {variant.name}", content)
        result = results.load(key) if key in results else None  # one without a verdict is tried again
        if result is None:
            skip = needless_cells(assignment, variant.cells)
            worker, seeds = workers[number % jobs], [hidden_seed()]
            (result,) = worker.grade_seeds(content, assignment.name, variant.name, seeds, skip=skip)
            results.store(key, result)
        return variant, result

    try:
        with ThreadPoolExecutor(jobs) as pool:
            return list(pool.map(grade, enumerate(wanted)))
    finally:
        for worker in workers:
            worker.close()
