"""Step three of grading: test cells run here, in a trusted process, on the student's functions by proxy.

A call sends plain data to a fork of the student's process and gets plain data back, so nothing that the student's
code does can reach the comparison. No hidden test ever leaves this process.
"""

import ast
import builtins
import contextlib
import copy
import importlib
import io
import os
import signal
import time
import traceback
import types
from functools import lru_cache

import numpy as np

from grader.assignment import TEST, Assignment, AssignmentError, Cell, names_of
from grader.result import FAILED, NO_VERDICT, PASSED, PartResult
from grader.sandbox import PATIENCE, Stopped, StudentProcess, TookTooLong
from grader.wire import Decoder, Encoder, WireError

TEXT_LIMIT = 2000
HIDDEN_FAILED = "A hidden test of this part failed."
DATA = (np.ndarray, np.random.Generator, list, dict, set, tuple)
IMPORTABLE = ("numpy", "chainrule", "builtins", "math")
# What a student's exception may be caught as in a test; anything else is only a StudentError.
KNOWN_ERRORS = {
    error.__name__: error
    for error in [*vars(builtins).values(), np.linalg.LinAlgError]
    if isinstance(error, type)
    and issubclass(error, Exception)
    and not issubclass(error, OSError | UnicodeError | ExceptionGroup)
}


class StudentError(Exception):
    """The student's code raised an exception; also an instance of that exception's type where it is a known one."""

    kind, words, cell, line, traceback = "an exception of its own", "", None, 0, ""
    gave_back = False  # raised by the judge, about what the student's code gave back


class JudgeStop(BaseException):
    """The test cannot go on; not an Exception, so that no test cell swallows it."""


def student_error(report: dict) -> StudentError:
    """The exception that stands in the judge's process for one that the student's code raised there."""
    names = report.get("types")
    names = [name for name in names if isinstance(name, str)] if isinstance(names, list) else []
    kind = next((name for name in names if name in KNOWN_ERRORS), "Exception")
    error = type("Student" + kind, (StudentError, KNOWN_ERRORS[kind]), {"__str__": lambda self: self.words})()
    error.kind = kind if names and names[0] == kind else StudentError.kind
    if names and names[0] in ("SystemExit", "KeyboardInterrupt"):
        error.kind = names[0]
    error.words = clean(report.get("text"))
    error.cell = report.get("cell") if isinstance(report.get("cell"), str) else None
    error.line = report.get("line") if type(report.get("line")) is int else 0
    error.traceback = clean(report.get("traceback"), 2 * TEXT_LIMIT)
    return error


def unusable(words: str) -> StudentError:
    """The exception for a value from the student's process that a test cannot work with."""
    error = student_error({"types": ["TypeError"], "text": words})
    error.gave_back = True
    return error


def clean(text, limit: int = TEXT_LIMIT) -> str:
    """Text that a student's process made, fit to be shown: no control characters, no surrogates, not too long."""
    text = text if isinstance(text, str) else ""
    text = text[:limit].encode("utf-8", "replace").decode()
    return "".join(character for character in text if character.isprintable() or character == "\n")


class StudentFunction:
    """A function in the student's process; calling it calls that, with copies of the arguments.

    Attributes
    ----------
    last_cpu_seconds : float
        Processor time of the student's process during the last call, by the kernel's clock.
    """

    def __init__(self, session: "Session", number: int, name: str):
        self._session, self._number = session, number
        self.__name__ = self.__qualname__ = name
        self.last_cpu_seconds = 0.0

    def __call__(self, *args, **kwargs):
        return self._session.call(self, args, kwargs)


class StudentObject:
    """An object in the student's process that is no plain data: tests can pass it back, and nothing else."""

    def __init__(self, session: "Session", number: int, kind: str):
        self._session, self._number, self._kind = session, number, kind


def _refuse(self, *_args, **_kwargs):
    raise unusable(f"a {self._kind} where plain data is expected")


_REFUSED = "eq ne lt le gt ge bool len iter contains getitem setitem float int index complex array array_ufunc hash"
_REFUSED += " add radd sub rsub mul rmul truediv rtruediv matmul rmatmul pow rpow neg abs getattr call"
for _name in _REFUSED.split():
    setattr(StudentObject, f"__{_name}__", _refuse)


class Session:
    """A conversation with one fork of the student's process, during one test.

    Parameters
    ----------
    process : StudentProcess
        The fork.
    """

    def __init__(self, process: StudentProcess):
        self.process = process
        self.callables, self.calling = [], []

    def names(self, names: tuple[str, ...]) -> dict:
        """What the names are bound to in the student's process: plain data, or proxies."""
        message, blob = self._exchange({"do": "names", "names": list(names)})
        decoder, values = Decoder(blob, self._resolve), message.get("values")
        if not isinstance(values, dict):
            raise Stopped("Your code gave no answer that can be read.")
        try:
            found = {name: decoder.decode(form) for name, form in values.items() if name in names}
        except (WireError, RecursionError) as error:
            raise Stopped(f"Your code gave back something that cannot be read: {error}.") from None
        for name, value in found.items():
            if isinstance(value, StudentFunction):
                value.__name__ = value.__qualname__ = name
        return found

    def call(self, function: StudentFunction, args: tuple, kwargs: dict):
        """Call a function in the student's process; plain data goes in and comes out."""
        encoder = Encoder(self._refer)
        message = {"do": "call", "object": function._number}
        message |= {"args": encoder.encode(args), "kwargs": encoder.encode(kwargs)}
        before = self.process.cpu_seconds()
        self.calling.append(function.__name__)
        reply, blob = self._exchange(message, tuple(encoder.blobs))
        while "call back" in reply:
            answer, blobs = self._call_back(reply, blob, encoder)
            reply, blob = self._exchange(answer, blobs)
        self.calling.pop()
        function.last_cpu_seconds = self.process.cpu_seconds() - before
        decoder = Decoder(blob, self._resolve, encoder.mutables)
        try:
            value = None if "raised" in reply else decoder.decode(reply.get("returned"))
            self._write_back(decoder, reply)
        except (WireError, RecursionError) as error:
            raise unusable(str(error)) from None
        if "raised" in reply:
            raise student_error(reply["raised"] if isinstance(reply["raised"], dict) else {})
        return value

    def _call_back(self, request: dict, blob: bytes, encoder: Encoder):
        """Call a function of the test's that was passed into the student's process."""
        decoder = Decoder(blob, self._resolve, list(encoder.mutables))
        try:
            number = request["call back"]
            function = self.callables[number if type(number) is int and number >= 0 else len(self.callables)]
            args, kwargs = decoder.decode(request.get("args")), decoder.decode(request.get("kwargs"))
            self._write_back(decoder, request)
            answer = Encoder(self._refer)
            return {"answer": answer.encode(function(*args, **kwargs))}, tuple(answer.blobs)
        except Exception as error:
            return {"error": f"the function that was passed in raised {type(error).__name__}"}, ()

    @staticmethod
    def _write_back(decoder: Decoder, reply: dict):
        changes = reply.get("changes")
        for change in changes if isinstance(changes, list) else ():
            if not isinstance(change, list) or len(change) != 2 or not isinstance(change[1], list) or not change[1]:
                raise WireError("malformed change")
            try:
                decoder.write_back(*change)
            except (TypeError, ValueError, IndexError, KeyError, AttributeError, OverflowError) as error:
                raise WireError(f"malformed change ({type(error).__name__})") from error

    def _exchange(self, message: dict, blobs: tuple = ()) -> tuple[dict, bytes]:
        """Send a message and wait for the answer, as long as a call may take."""
        limits = self.process.limits
        seconds = min(limits.call_seconds, limits.test_seconds - self.process.cpu_seconds())
        try:
            self.process.send(message, blobs, max(seconds, 0.1))
            reply, blob, _, _ = self.process.receive(max(seconds, 0.1))
        except Stopped as reason:
            raise JudgeStop(self._blame(reason)) from None
        return reply, blob

    def _blame(self, reason: Stopped) -> str:
        if not self.calling:
            return str(reason)
        if isinstance(reason, TookTooLong):
            return f"Your `{self.calling[-1]}` ran longer than the time allowed and was stopped."
        return f"While your `{self.calling[-1]}` ran: {reason}"

    def _refer(self, value):
        """How a value that is no plain data goes to the student's process."""
        if isinstance(value, (StudentFunction, StudentObject)):
            return ["o", value._number]
        module, name = getattr(value, "__module__", None), getattr(value, "__qualname__", None)
        if isinstance(value, (np.ufunc, types.BuiltinFunctionType)):
            module, name = ("numpy" if isinstance(value, np.ufunc) else value.__module__), value.__name__
        if isinstance(module, str) and module.split(".")[0] in IMPORTABLE and _is(module, name, value):
            return ["i", module, name]
        if callable(value):
            self.callables.append(value)
            return ["k", len(self.callables) - 1]
        raise TypeError(f"a test passed a {type(value).__name__} to a student's function; only plain data can be sent")

    def _resolve(self, tag, rest):
        """What the student's process refers to; only it knows more of it than a number and a type's name."""
        if tag != "o" or len(rest) != 3 or type(rest[0]) is not int or not isinstance(rest[1], str):
            raise WireError("malformed reference")
        kind = clean(rest[1], 80)
        return (StudentFunction if rest[2] is True else StudentObject)(self, rest[0], kind)


def _is(module, name, value) -> bool:
    try:
        found = importlib.import_module(module)
        for part in name.split("."):
            found = getattr(found, part)
    except (ImportError, AttributeError):
        return False
    return found is value


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
        line = _line(self.sources.get(error.cell, ""), error.line)
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
