"""Step three of grading: test cells run here, in a trusted process, on the student's functions by proxy.

A call sends plain data to a fork of the student's process and gets plain data back, so nothing that the student's
code does can reach the comparison. No hidden test ever leaves this process.
"""

import ast
import contextlib
import copy
import io
import os
import signal
import time
import traceback
from functools import lru_cache

import numpy as np

from grader.assignment import TEST, Assignment, AssignmentError, Cell, names_of
from grader.process import PATIENCE, Stopped, StudentProcess
from grader.proxies import TEXT_LIMIT, JudgeStop, Session, StudentError, clean
from grader.result import FAILED, NO_VERDICT, PASSED, PartResult

# In a longer answer, the line that a hidden test stopped at could tell of the hidden numbers: code can choose its line.
MANY_LINES = 200
HIDDEN_FAILED = "A hidden test of this part failed."
DATA = (np.ndarray, np.random.Generator, list, dict, set, tuple)


@lru_cache(maxsize=32)
def namespaces(assignment: Assignment) -> dict[str, dict]:
    """For each test, what the setup cells and the demo cells' imports before it define, in the judge's process.

    Raises AssignmentError if one of them fails.
    """
    namespace, found = {"__name__": "__main__"}, {}
    for cell in assignment.cells:
        if cell.role == TEST:
            found[cell.identity] = dict(namespace)
        try:
            with _quiet():
                exec(compile(cell.judge_source, f"<{cell.identity}>", "exec"), namespace)
        except Exception as error:
            words = f"{assignment.name}.ipynb: the cell '{cell.identity}' fails: {type(error).__name__}: {error}"
            raise AssignmentError(words) from error
    return found


class Judge:
    """Runs the test cells of one submission.

    Parameters
    ----------
    sources : dict of str to str
        The student's sources by grade id, to quote the student's own lines from.
    prepared : dict of str to dict
        What `namespaces` gives.
    """

    def __init__(self, sources: dict[str, str], prepared: dict[str, dict]):
        self.sources, self.prepared = sources, prepared

    def judge(self, test: Cell, process: StudentProcess, why_missing, seed: int | None) -> PartResult:
        """Run one test cell against a fork of the student's process.

        Parameters
        ----------
        test : Cell
            The test cell.
        process : StudentProcess
            The fork; it is used up.
        why_missing : callable
            ``why_missing(name)`` says in words why a name that the test needs is not defined.
        seed : int or None
            The seed of the hidden tests' random inputs; None leaves the hidden tests out.
        """
        os.environ["CHAINRULE_HIDDEN_SEED"] = str(seed or 0)
        start = time.monotonic()
        session = Session(process)
        passed, message, detail = False, "", ""
        try:
            with _quiet(), _alarm(process.limits.test_seconds):
                found = session.names(test.student_names)
                missing = [name for name in test.student_names if name not in found]
                if missing:
                    message = detail = why_missing(missing[0])
                else:
                    code = compile(test.visible if seed is None else test.source, _file(test), "exec")
                    exec(code, {**self._fresh(test), **found})
                    passed = True
        except (JudgeStop, Stopped) as stop:
            message, detail = str(stop), _place(test, stop, seed) + str(stop)
        except Exception as error:
            message = self._message(test, error, seed is not None)
            lines = "".join(traceback.format_exception(error, limit=-6))
            detail = _place(test, error, seed) + lines + getattr(error, "traceback", "")
        except SystemExit as error:
            return self._part(test, start, NO_VERDICT, "", f"the test cell itself ended the program: {error!r}")
        verdict = PASSED if passed else FAILED
        return self._part(test, start, verdict, message, clean(detail, 4 * TEXT_LIMIT))

    def _fresh(self, test: Cell) -> dict:
        """What setup cells made, with copies of the data that the test uses: a student's function may change them."""
        used = names_of(test.source)[1]
        return {
            name: copy.deepcopy(value) if name in used and isinstance(value, DATA) else value
            for name, value in self.prepared[test.identity].items()
        }

    @staticmethod
    def _part(test, start, verdict, message, detail) -> PartResult:
        points = test.points if verdict == PASSED else 0.0
        seconds = time.monotonic() - start
        return PartResult(test.identity, points, test.points, message, detail, seconds, verdict)

    def _message(self, test: Cell, error: Exception, hidden: bool) -> str:
        """What the student is told about a failed test: everything if it is visible, only words if it is hidden."""
        frames = _lines_of_test(test, error)
        if isinstance(error, StudentError):
            return self._about_student_error(error, hidden)
        if isinstance(error, AssertionError):
            words = _constant_message(test.source, frames[-1] if frames else 0) if hidden else clean(str(error))
            line = "" if hidden or not frames else _line(test.source, frames[-1])
            return words or (f"This test failed: {line}" if line else HIDDEN_FAILED)
        if isinstance(error, (RecursionError, MemoryError)):
            return "What your code gave back is too large or nested too deeply."
        if hidden:
            return f"A hidden test could not use what your code gave back ({type(error).__name__})."
        return clean(f"The test could not use what your code gave back: {type(error).__name__}: {error}")

    def _about_student_error(self, error: StudentError, hidden: bool) -> str:
        if isinstance(error, NotImplementedError):
            return "Not answered yet."
        if error.gave_back:
            return f"Your code gave back what a test cannot use{'' if hidden else ': ' + error.words}."
        source = self.sources.get(error.cell, "")
        line = _line(source, error.line)
        if hidden and len(source.splitlines()) > MANY_LINES:
            line = ""
        where = f" in line {error.line} of your cell '{error.cell}': {line}" if line else ""
        words = f" ({error.words})" if error.words and not hidden else ""
        return clean(f"Your code raised {error.kind}{words}{where}".rstrip(": "))


def _place(test: Cell, error: BaseException, seed: int | None) -> str:
    """For the instructor: where in the test cell it ended."""
    lines = _lines_of_test(test, error)
    return (
        f"In a {'visible' if seed is None else 'hidden'} test, line {lines[0]} of {test.identity}.\n" if lines else ""
    )


def _file(test: Cell) -> str:
    return f"<{test.identity}>"


def _lines_of_test(test: Cell, error: BaseException) -> list[int]:
    """The lines of the test cell that an exception came through, the cell's own level first."""
    walk = traceback.walk_tb(error.__traceback__)
    return [line for frame, line in walk if frame.f_code.co_filename == _file(test)]


def _line(source: str, number: int) -> str:
    lines = source.splitlines()
    return lines[number - 1].strip()[:200] if 0 < number <= len(lines) else ""


def _constant_message(source: str, line: int) -> str:
    """The message of the assert statement at this line, if it is plain words in the source; else nothing."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Assert) and node.lineno <= line <= (node.end_lineno or node.lineno):
            message = node.msg
            if isinstance(message, ast.Constant) and isinstance(message.value, str):
                return message.value
    return ""


@contextlib.contextmanager
def _quiet():
    """Swallow what a test prints or warns of: neither counts."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        yield


@contextlib.contextmanager
def _alarm(seconds: float):
    """Raise JudgeStop here after so many seconds of this process's work, or `PATIENCE` times as many by the clock."""

    def stop(_number, _frame):
        raise JudgeStop("The tests of this part took too long with your code.")

    timers = (signal.ITIMER_REAL, signal.SIGALRM, PATIENCE * seconds), (signal.ITIMER_PROF, signal.SIGPROF, seconds)
    for timer, number, limit in timers:
        signal.signal(number, stop)
        # Again every second: a handler that runs inside a `finally` or a destructor may be lost.
        signal.setitimer(timer, limit, 1.0)
    try:
        yield
    finally:
        for timer, number, _ in timers:
            signal.setitimer(timer, 0)
            signal.signal(number, signal.SIG_IGN)
