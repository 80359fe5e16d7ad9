"""The student's functions as a test sees them: proxies that call across the wall, and the errors that come back."""

import builtins
import importlib
import types

import numpy as np

from grader.process import Stopped, StudentProcess, TookTooLong
from grader.wire import Decoder, Encoder, WireError

TEXT_LIMIT = 2000
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
        spent = self.process.family_cpu_seconds()
        self.calling.append(function.__name__)
        reply, blob = self._exchange(message, tuple(encoder.blobs))
        while "call back" in reply:
            answer, blobs = self._call_back(reply, blob, encoder)
            reply, blob = self._exchange(answer, blobs)
        self.calling.pop()
        function.last_cpu_seconds = self.process.family_cpu_seconds() - spent
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
            self.process.send(message, blobs, seconds=max(seconds, 0.1))
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
        if rest[2] is True:
            return StudentFunction(self, rest[0], kind)
        return type(kind or "object", (StudentObject,), {})(self, rest[0], kind)  # so that a test can name its type


def _is(module, name, value) -> bool:
    try:
        found = importlib.import_module(module)
        for part in name.split("."):
            found = getattr(found, part)
    except (ImportError, AttributeError):
        return False
    return found is value
