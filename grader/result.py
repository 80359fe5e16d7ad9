"""What grading one submission gives: frozen, checked on creation, the same after a trip through JSON."""

import json
import math
from dataclasses import asdict, dataclass, field

PASSED, FAILED, NO_VERDICT = "passed", "failed", "no verdict"


@dataclass(frozen=True)
class PartResult:
    """The verdict on one part of an assignment, that is on one test cell.

    Parameters
    ----------
    grade_id : str
        The test cell's nbgrader id, e.g. ``"test-relu-backward"``.
    points, max_points : float
        Points earned and points to be had, ``0 <= points <= max_points``.
    message : str
        Words for the student; never hidden source, inputs or expected values.
    detail : str
        For the instructor only: may hold a traceback through hidden tests.
    seconds : float
        Wall time that judging this part took.
    verdict : {"passed", "failed", "no verdict"}
        "no verdict" is for the grader's own failures; it earns nothing and sends the submission to review.

    Raises
    ------
    ValueError
        If a number is not finite or out of range, or if points are given without the verdict "passed".
    """

    grade_id: str
    points: float
    max_points: float
    message: str = ""
    detail: str = ""
    seconds: float = 0.0
    verdict: str = NO_VERDICT

    def __post_init__(self):
        if self.verdict not in (PASSED, FAILED, NO_VERDICT):
            raise ValueError(f"{self.grade_id}: there is no verdict {self.verdict!r}")
        if not all(math.isfinite(number) for number in (self.points, self.max_points, self.seconds)):
            raise ValueError(f"{self.grade_id}: points, maximum and seconds must be finite numbers")
        if not 0 <= self.points <= self.max_points:
            raise ValueError(f"{self.grade_id}: {self.points} points are outside [0, {self.max_points}]")
        if self.points > 0 and self.verdict != PASSED:
            raise ValueError(f"{self.grade_id}: points without the verdict 'passed'")


@dataclass(frozen=True)
class Result:
    """Everything that grading one submission found out.

    Parameters
    ----------
    student, assignment : str
        Whose submission, to which assignment.
    parts : tuple of PartResult
        One for each autograded test cell, in notebook order; always all of them.
    notes : tuple of str
        Plain notes for the student: oddities met in rebuilding the notebook.
    needs_review : str
        Why the instructor must look at this submission; empty if there is no need to.
    cpu_seconds : float
        Processor time of the student's process.
    peak_memory_bytes : int
        Largest resident memory of the student's process.
    outputs : dict of str to list of dict
        The nbformat outputs of each cell of the student's process, by cell id, capped in size.
    """

    student: str
    assignment: str
    parts: tuple[PartResult, ...]
    notes: tuple[str, ...] = ()
    needs_review: str = ""
    cpu_seconds: float = 0.0
    peak_memory_bytes: int = 0
    outputs: dict[str, list[dict]] = field(default_factory=dict)

    @property
    def points(self) -> float:
        """The sum of the autograded parts' points."""
        return sum(part.points for part in self.parts)

    @property
    def judged(self) -> bool:
        """Whether every part has a verdict; if not, the grader itself failed."""
        return all(part.verdict != NO_VERDICT for part in self.parts)

    @property
    def max_points(self) -> float:
        """The sum of the autograded parts' maxima."""
        return sum(part.max_points for part in self.parts)

    def to_json(self) -> str:
        """One line of JSON, without NaN; lone surrogates and the like are escaped."""
        return json.dumps(asdict(self), allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> "Result":
        """The inverse of `to_json`; raises ValueError on anything else."""
        try:
            fields = json.loads(text)
            parts = tuple(PartResult(**part) for part in fields.pop("parts"))
            return cls(**{**fields, "parts": parts, "notes": tuple(fields["notes"])})
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"this is not a grading result: {error}") from error
