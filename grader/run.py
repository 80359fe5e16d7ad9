"""One submission on its way through the notebook: its cells run in the sandbox, each test is judged at its place."""

import time
from dataclasses import replace

from grader.assignment import MANUAL, SOLUTION, TEST, Assignment, Cell, names_of
from grader.judge import Judge, clean
from grader.rebuild import Rebuilt
from grader.result import FAILED, NO_VERDICT, PartResult, Result
from grader.sandbox import Limits, Sandbox, Stopped, StudentProcess, TookTooLong

MAX_RESTARTS = 3
GRACE_SECONDS = 1.0
SAFE_KINDS = ("text/plain", "image/png", "image/jpeg")
MAX_OUTPUT_BYTES = 4_000_000


def without_verdict(assignment: Assignment, student: str, reason: str, verdict: str, notes: tuple = ()) -> Result:
    """A result of zero that asks for review: a file that cannot be graded, or a grader that failed."""
    words = reason if verdict == FAILED else "This part could not be graded; your instructor will look at it."
    parts = [PartResult(test.identity, 0, test.points, words, reason, 0, verdict) for test in assignment.tests]
    return Result(student, assignment.name, tuple(parts), notes, needs_review=reason)


class Run:
    """Grades one submission, with one or several seeds of the hidden tests.

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
        For each, every test is judged once, on its own fork of the student's process.
    skip : frozenset of str
        Cells that need not run: demos and tests, by identity.
    """

    def __init__(
        self, assignment: Assignment, rebuilt: Rebuilt, sandbox: Sandbox, limits: Limits, seeds, skip=frozenset()
    ):
        self.assignment, self.rebuilt, self.sandbox, self.limits = assignment, rebuilt, sandbox, limits
        self.seeds, self.skip = seeds, skip
        self.judge = Judge(rebuilt.sources)
        self.deadline = time.monotonic() + limits.total_seconds
        self.process: StudentProcess | None = None
        self.ran, self.restarts = [], 0
        self.errors, self.outputs, self.notes, self.review = {}, {}, [], []
        self.output_room = MAX_OUTPUT_BYTES
        self.cpu_seconds, self.peak_memory = 0.0, 0

    def results(self, student: str) -> list[Result]:
        """Go through the notebook; one result for each seed."""
        start = time.monotonic()
        parts = [[] for _ in self.seeds]
        try:
            for cell in self.assignment.cells:
                if cell.role == TEST:
                    self._judge_all(cell, parts)
                elif cell.runs:
                    self._run_both(cell)
        finally:
            self._let_go()
        manual = {cell.identity: self.rebuilt.sources[cell.identity] for cell in self.assignment.of_role(MANUAL)}
        common = {
            "notes": (*self.rebuilt.notes, *dict.fromkeys(self.notes)),
            "wall_seconds": time.monotonic() - start,
            "cpu_seconds": self.cpu_seconds,
            "peak_memory_bytes": self.peak_memory,
            "manual_cells": manual,
            "outputs": self.outputs,
        }
        reasons = [reason for reason in (self.rebuilt.needs_review, *self.review) if reason]
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

    def _run_both(self, cell: Cell):
        if cell.judge_source:
            self.judge.prepare(cell.judge_source)
        if cell.identity in self.skip:
            return
        source = self.rebuilt.sources.get(cell.identity, "") if cell.role in (SOLUTION, MANUAL) else cell.source
        if source.strip():
            self._run_cell(cell.identity, source)

    def _run_cell(self, identity: str, source: str):
        """Run one cell in the student's process; if the process does not survive it, go on without the cell."""
        try:
            process = self._student()
        except Stopped as reason:
            self.errors[identity] = str(reason)
            return
        try:
            reply = self._answer(process, identity, source)
        except Stopped as reason:
            self._lost(identity, str(reason))
            return
        self.ran.append((identity, source))
        self.outputs[identity] = self._safe_outputs(reply.get("outputs"))
        error = reply.get("error")
        if isinstance(error, dict):
            line = error.get("line") if type(error.get("line")) is int else 0
            lines = source.splitlines()
            where = f" in line {line}: {lines[line - 1].strip()[:200]}" if 0 < line <= len(lines) else ""
            self.errors[identity] = f"{clean(error.get('type'), 80)} ({clean(error.get('text'), 500)}){where}"

    def _answer(self, process: StudentProcess, identity: str, source: str) -> dict:
        """Let the process run a cell; a cell that takes too long is interrupted first, then killed."""
        seconds = min(self.limits.cell_seconds, self._left())
        process.send({"do": "run", "cell": identity, "source": source}, seconds=seconds)
        try:
            return process.receive(seconds)[0]
        except TookTooLong:
            note = f"The cell '{identity}' ran longer than {seconds:.0f} seconds and was stopped."
            self.notes.append(note)
            process.interrupt()
            try:
                return process.receive(GRACE_SECONDS)[0]
            except TookTooLong:
                raise Stopped(note) from None

    def _left(self) -> float:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise Stopped(f"The notebook as a whole ran longer than {self.limits.total_seconds:.0f} seconds.")
        return left

    def _lost(self, identity: str, reason: str):
        self.errors[identity] = reason
        self.notes.append(reason if identity in reason else f"The cell '{identity}' was given up. {reason}")
        self.review.append(f"cell '{identity}': {reason}")
        self._let_go()

    def _let_go(self):
        if self.process is not None:
            self.cpu_seconds += self.process.cpu_seconds()
            self.peak_memory = max(self.peak_memory, self.process.peak_memory_bytes())
            self.process.close()
            self.process = None

    def _student(self) -> StudentProcess:
        """The student's process; a new one, brought to where the last one was, if that has gone."""
        if self.process is not None:
            return self.process
        if self.restarts > MAX_RESTARTS:
            raise Stopped("Your code ended its process again and again; the rest was not run.")
        self.restarts += 1
        self._left()
        process = self.sandbox.spawn(self.limits)
        try:
            process.greet()
            for identity, source in self.ran:
                self._answer(process, identity, source)
        except BaseException:
            process.close()
            raise
        self.process = process
        return process

    def _judge_all(self, test: Cell, parts: list[list[PartResult]]):
        if test.identity in self.skip:
            return
        for seed, found in zip(self.seeds, parts, strict=True):
            first = parts[0][-1] if found is not parts[0] else None
            if first and first.verdict == FAILED and first.seconds >= self.limits.call_seconds:
                found.append(first)  # what never ends with one seed will not with the next
                continue
            try:
                found.append(self._judge_one(test, seed))
            except Stopped as reason:
                self.review.append(f"{test.identity}: {reason}")
                found.append(PartResult(test.identity, 0, test.points, str(reason), str(reason), 0, FAILED))
                self._let_go()

    def _judge_one(self, test: Cell, seed: int) -> PartResult:
        student = self._student()
        left = self._left()
        fork = student.fork()
        try:
            fork.limits = replace(fork.limits, test_seconds=min(self.limits.test_seconds, left))
            return self.judge.judge(test, fork, self._why_missing, seed)
        finally:
            self.cpu_seconds += fork.cpu_seconds()
            self.peak_memory = max(self.peak_memory, fork.peak_memory_bytes())
            fork.close()

    def _why_missing(self, name: str) -> str:
        """Why a name that a test needs is not there, in words for the student."""
        for cell in self.assignment.cells:
            if cell.runs and name in names_of(cell.source)[0]:
                why = self.errors.get(cell.identity)
                if why is not None:
                    return f"`{name}` is not defined, because the cell '{cell.identity}' stopped: {why}"
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
        safe = {"output_type": kind, "data": data, "metadata": {}}
        return {**safe, "execution_count": None} if kind == "execute_result" else safe
    return None


def _text(value) -> str:
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""
