"""One submission on its way through the notebook: its cells run in the sandbox, each test is judged at its place."""

import re
import time
from dataclasses import replace

from grader.assignment import MANUAL, SOLUTION, TEST, Assignment, Cell, all_imports, names_of
from grader.judge import Judge, namespaces
from grader.process import PATIENCE, Limits, Stopped, StudentProcess, TookTooLong
from grader.proxies import clean
from grader.rebuild import Rebuilt
from grader.result import FAILED, NO_VERDICT, PASSED, PartResult, Result
from grader.sandbox import Sandbox

MAX_RESTARTS = 3
AGAIN_AND_AGAIN = "Your code ended its process again and again; the rest was not run."
GRACE_SECONDS = 1.0
SAFE_KINDS = ("text/plain", "image/png", "image/jpeg")
IMAGE_IN_HTML = re.compile(r'src="data:image/png;base64,([A-Za-z0-9+/]+={0,2})"')
MAX_OUTPUT_BYTES = 4_000_000


def without_verdict(assignment: Assignment, student: str, reason: str, verdict: str, notes: tuple = ()) -> Result:
    """A result of zero that asks for review: a file that cannot be graded, or a grader that failed."""
    words = reason if verdict == FAILED else "This part could not be graded; your instructor will look at it."
    parts = [PartResult(test.identity, 0, test.points, words, reason, 0, verdict) for test in assignment.tests]
    return Result(student, assignment.name, tuple(parts), notes, needs_review=reason)


class Run:
    """Grades one submission, with one or several seeds of the hidden tests.

    First all cells run, and at the place of each test the process is forked: the snapshot keeps the names as they are
    bound there. Then the visible tests are judged, then the hidden ones. So everything that students may read of what
    their code said was said before the first hidden input entered the sandbox.

    Parameters
    ----------
    assignment : Assignment
        What is graded against.
    rebuilt : Rebuilt
        The student's sources.
    sandbox : Sandbox
        Where they run.
    limits : Limits
        What they may use.
    seeds : list of int
        For each, every hidden test is judged once, on its own fork of the snapshot.
    skip : frozenset of str
        Cells that need not run: demos and tests, by identity.
    """

    def __init__(
        self, assignment: Assignment, rebuilt: Rebuilt, sandbox: Sandbox, limits: Limits, seeds, skip=frozenset()
    ):
        self.assignment, self.rebuilt, self.sandbox, self.limits = assignment, rebuilt, sandbox, limits
        self.seeds, self.skip = seeds, skip
        self.judge = Judge(rebuilt.sources, namespaces(assignment))
        self.deadline = time.monotonic() + PATIENCE * limits.total_seconds
        self.process: StudentProcess | None = None
        self.snapshots: dict[str, StudentProcess] = {}
        self.fatal, self.survived, self.restarts = {}, set(), 0
        self.errors, self.outputs, self.notes, self.review = {}, {}, [], []
        self.cpu_seconds, self.peak_memory = 0.0, 0

    def results(self, student: str) -> list[Result]:
        """Go through the notebook and judge its tests; one result for each seed."""
        tests = [test for test in self.assignment.tests if test.identity not in self.skip]
        try:
            while not self._pass():
                self._let_go()
            if self.process is not None:
                self.process.pause()  # from here on it could only work for the forks, whose time is measured
            visible = {test.identity: self._judge(test, None) for test in tests}
            parts = []
            for number, seed in enumerate(self.seeds, 1):
                parts.append(
                    [self._judge_fully(test, seed, visible, parts, number == len(self.seeds)) for test in tests]
                )
        finally:
            self._let_go()
        common = {
            "notes": (*self.rebuilt.notes, *dict.fromkeys(self.notes)),
            "cpu_seconds": self.cpu_seconds,
            "peak_memory_bytes": self.peak_memory,
            "outputs": self.outputs,
        }
        reasons = [reason for reason in dict.fromkeys((self.rebuilt.needs_review, *self.review)) if reason]
        return [
            Result(
                student,
                self.assignment.name,
                tuple(found),
                needs_review="; ".join(reasons + _unjudged(found)),
                **common,
            )
            for found in parts
        ]

    def _pass(self) -> bool:
        """Run the notebook from its beginning, without the cells that were fatal before; False if one more was."""
        self.outputs, self.output_room = {}, MAX_OUTPUT_BYTES
        try:
            self._left()
            self.process = self.sandbox.spawn(self.limits)
            self.process.greet()
        except Stopped as reason:
            self.fatal = {test.identity: str(reason) for test in self.assignment.tests} | self.fatal
            return True
        for cell in self.assignment.cells:
            if cell.identity in self.fatal or cell.identity in self.skip:
                continue
            if (
                self.restarts >= MAX_RESTARTS
                and cell.identity not in self.survived
                and (cell.runs or cell.role == TEST)
            ):
                self.fatal[cell.identity] = AGAIN_AND_AGAIN
                self.errors[cell.identity] = f"stopped: {AGAIN_AND_AGAIN}"
                continue
            try:
                if cell.role == TEST:
                    self.snapshots[cell.identity] = self.process.fork()
                    self.snapshots[cell.identity].pause()
                    if self.process.family_memory_bytes() > self.limits.memory_bytes:
                        raise Stopped("Your code keeps more memory than is allowed.")
                    if imports := all_imports(cell.released):  # in a notebook later answers find these names
                        self._answer(cell.identity, imports)
                elif cell.runs:
                    self._run_cell(cell)
            except Stopped as reason:
                self._lost(cell, str(reason))
                return False
            self.survived.add(cell.identity)
        return True

    def _lost(self, cell: Cell, reason: str):
        self.restarts += 1
        self.fatal[cell.identity] = reason
        if reason in self.notes:  # it ran out of time, and that was said
            return
        self.errors[cell.identity] = f"stopped: {reason}"
        self.notes.append(f"The cell '{cell.identity}' was given up. {reason}")
        self.review.append(f"cell '{cell.identity}': {reason}")

    def _run_cell(self, cell: Cell):
        """Run one cell in the student's process."""
        source = self.rebuilt.sources.get(cell.identity, "") if cell.role in (SOLUTION, MANUAL) else cell.source
        if not source.strip():
            return
        reply = self._answer(cell.identity, source)
        self.outputs[cell.identity] = self._safe_outputs(reply.get("outputs"))
        error = reply.get("error")
        if isinstance(error, dict):
            line = error.get("line") if type(error.get("line")) is int else 0
            lines = source.splitlines()
            where = f" in line {line}: {lines[line - 1].strip()[:200]}" if 0 < line <= len(lines) else ""
            words = f"{clean(error.get('type'), 80)} ({clean(error.get('text'), 500)})"
            self.errors[cell.identity] = f"stopped: {words}{where}"

    def _answer(self, identity: str, source: str) -> dict:
        """Let the process run a cell; one that takes too long is interrupted, and if that does not help, lost."""
        seconds = min(self.limits.cell_seconds, self._left())
        self.process.send({"do": "run", "cell": identity, "source": source}, seconds=seconds)
        try:
            return self.process.receive(seconds)[0]
        except TookTooLong:
            what = f"ran longer than {seconds:.0f} seconds and was stopped"
            note, self.errors[identity] = f"The cell '{identity}' {what}.", what
            self.notes.append(note)
            self.review.append(note)
            self.process.interrupt()
            try:
                reply = self.process.receive(GRACE_SECONDS)[0]
            except TookTooLong:
                raise Stopped(note) from None
            return reply | {"error": None}  # that it was interrupted is known already

    def _left(self) -> float:
        used = self.cpu_seconds + (self.process.cpu_seconds() if self.process else 0.0)
        left = min(self.deadline - time.monotonic(), self.limits.total_seconds - used)
        if left <= 0:
            raise Stopped(f"The notebook as a whole ran longer than {self.limits.total_seconds:.0f} seconds.")
        return left

    def _let_go(self):
        for process in (*self.snapshots.values(), self.process):
            self._close(process)
        self.process, self.snapshots = None, {}

    def _close(self, process: StudentProcess | None):
        if process is not None:
            self.cpu_seconds += process.cpu_seconds()
            self.peak_memory = max(self.peak_memory, process.peak_memory_bytes())
            process.close()

    def _judge_fully(self, test: Cell, seed: int, visible: dict, earlier: list, last: bool) -> PartResult:
        """Judge a test with its hidden part; ``visible`` holds the verdicts on the visible parts."""
        before = visible[test.identity]
        if before.verdict != PASSED or test.visible == test.source:
            return before
        for parts in earlier[:1]:
            first = next(part for part in parts if part.grade_id == test.identity)
            if first.verdict == FAILED and first.seconds >= self.limits.call_seconds:
                return first  # what never ends with one seed will not with the next
        return self._judge(test, seed, last)

    def _judge(self, test: Cell, seed: int | None, last: bool = False) -> PartResult:
        """Judge the visible part of a test (no seed) or all of it; ``last`` uses the snapshot up."""
        try:
            if test.identity in self.fatal:
                raise Stopped(self.fatal[test.identity])
            left = self._left()
            snapshot = self.snapshots[test.identity]
            snapshot.resume()
            process = self.snapshots.pop(test.identity) if last else snapshot.fork()
            if not last:
                snapshot.pause()
        except Stopped as reason:
            return PartResult(test.identity, 0, test.points, str(reason), str(reason), 0, FAILED)
        try:
            process.limits = replace(self.limits, test_seconds=min(self.limits.test_seconds, left))
            return self.judge.judge(test, process, self._why_missing, seed)
        finally:
            self._close(process)

    def _why_missing(self, name: str) -> str:
        """Why a name that a test needs is not there, in words for the student."""
        for cell in self.assignment.cells:
            if cell.runs and name in names_of(cell.source)[0]:
                why = self.errors.get(cell.identity)
                if why is not None:
                    return f"`{name}` is not defined, because the cell '{cell.identity}' {why}"
                if cell.role == SOLUTION and not self.rebuilt.sources[cell.identity].strip():
                    return f"Not answered yet: the cell '{cell.identity}' is empty."
        return f"You have not defined `{name}`."

    def _safe_outputs(self, outputs) -> list[dict]:
        """What a cell showed, as nbformat outputs of harmless kinds, whatever the student's process claims."""
        safe = []
        for output in outputs if isinstance(outputs, list) else ():
            clean_one = _safe_output(output) if isinstance(output, dict) else None
            if clean_one is not None:
                self.output_room -= len(str(clean_one))
                if self.output_room < 0:
                    break
                safe.append(clean_one)
        return safe


def _unjudged(parts: list[PartResult]) -> list[str]:
    return [f"{part.grade_id}: {part.detail or 'no verdict'}" for part in parts if part.verdict == NO_VERDICT]


def _safe_output(output: dict) -> dict | None:
    kind = output.get("output_type")
    if kind == "stream":
        name = "stderr" if output.get("name") == "stderr" else "stdout"
        return {"output_type": kind, "name": name, "text": _text(output.get("text"))}
    if kind == "error":
        lines = output.get("traceback")
        lines = [_text(line) for line in lines] if isinstance(lines, list) else []
        return {
            "output_type": kind,
            "ename": _text(output.get("ename")),
            "evalue": _text(output.get("evalue")),
            "traceback": lines,
        }
    if kind in ("display_data", "execute_result") and isinstance(output.get("data"), dict):
        data = {name: _text(value) for name, value in output["data"].items() if name in SAFE_KINDS}
        if "image/png" not in data and (image := IMAGE_IN_HTML.search(_text(output["data"].get("text/html")))):
            data["image/png"] = image[1]  # so chainrule.plots.show has it; no other HTML is kept
        safe = {"output_type": kind, "data": data, "metadata": {}}
        return {**safe, "execution_count": None} if kind == "execute_result" else safe
    return None


def _text(value) -> str:
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""
