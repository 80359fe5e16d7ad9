"""How the judge and the student's process speak: frames of JSON and raw array bytes, never a pickle.

Both sides run this file. The judge's side trusts nothing that arrives: sizes are checked before memory is taken,
and only exact built-in types and base arrays of plain numbers or text are ever made from it.

Anything but None, bool, int, str and finite float travels as a list whose first element is a tag. Lists, dicts,
arrays and generators are *mutable*: each gets the next index, on both sides in the same order, so that the same
object sent twice stays one object and what a function changed in place can be written back.
"""

import json
import math
import re
import socket
import struct

import numpy as np

HEADER = struct.Struct("!II")
MAX_DEPTH = 64
PLAIN_DTYPE = re.compile(r"[<>|=]?[biufcSU][0-9]{1,6}")
MAX_DRAWS = 2**40
PCG64_FACTOR = 0x2360ED051FC65DA44385DF649FCCF645
KEY_TYPES = (str, int, float, bool, type(None), tuple)


class WireError(Exception):
    """The other side sent something that is not allowed, or too much of it."""


class Channel:
    """Frames over a Unix stream socket, with file descriptors passed beside them.

    Parameters
    ----------
    connection : socket.socket
        One end of a socketpair.
    max_bytes : int
        A larger incoming frame raises WireError before any memory is taken for it.
    wait : callable, optional
        Called as ``wait(connection, writing)`` before each read or write; it returns once the socket is ready, or
        raises. The judge waits with a deadline; the student's side may block.
    """

    def __init__(self, connection: socket.socket, max_bytes: int, wait=lambda connection, writing: None):
        self.connection, self.max_bytes, self.wait = connection, max_bytes, wait

    def send(self, message: dict, blobs: tuple = (), file_descriptors: tuple = ()):
        """Send one frame; ``blobs`` are the raw bytes that encoded arrays in ``message`` point into."""
        text = json.dumps(message, allow_nan=False).encode()
        data = b"".join((HEADER.pack(len(text), sum(map(len, blobs))), text, *blobs))
        view = memoryview(data)
        if file_descriptors:
            self.wait(self.connection, True)
            sent = socket.send_fds(self.connection, [view], list(file_descriptors))
            view = view[sent:]
        while view:
            self.wait(self.connection, True)
            view = view[self.connection.send(view[: 1 << 20]) :]

    def receive(self) -> tuple[dict, bytes, list[int], bytes]:
        """The next frame's message, array bytes, file descriptors, and raw sender credentials if asked for.

        Raises
        ------
        EOFError
            If the other side has gone.
        WireError
            If the frame is too large or is not a JSON object.
        """
        self.wait(self.connection, False)
        header, ancillary, *_ = self.connection.recvmsg(HEADER.size, socket.CMSG_SPACE(64))
        descriptors, credentials = [], b""
        for _level, kind, data in ancillary:
            if kind == socket.SCM_RIGHTS:
                count = len(data) // 4
                descriptors.extend(struct.unpack(f"{count}i", data[: 4 * count]))
            else:
                credentials = data
        header += self._exactly(HEADER.size - len(header))
        text_bytes, blob_bytes = HEADER.unpack(header)
        if text_bytes + blob_bytes > self.max_bytes:
            raise WireError(f"more than {self.max_bytes // 1_000_000} MB at once")
        text, blob = self._exactly(text_bytes), self._exactly(blob_bytes)
        try:
            message = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise WireError("broken JSON") from error
        if not isinstance(message, dict):
            raise WireError("not a message")
        return message, blob, descriptors, credentials

    def _exactly(self, size: int) -> bytes:
        data = bytearray()
        while len(data) < size:
            self.wait(self.connection, False)
            piece = self.connection.recv(min(size - len(data), 1 << 20))
            if not piece:
                raise EOFError("the other side has gone")
            data += piece
        return bytes(data)


class Encoder:
    """Turns values into tagged JSON and array bytes.

    Parameters
    ----------
    refer : callable
        ``refer(value)`` gives the tagged form of anything that is not plain data (functions, objects).
    mutables : list, optional
        Mutable objects that the other side knows already, by index.
    """

    def __init__(self, refer, mutables: list | None = None):
        self.refer = refer
        self.mutables = [] if mutables is None else mutables
        self.index = {id(value): index for index, value in enumerate(self.mutables)}
        self.blobs, self.offset = [], 0

    def encode(self, value, depth: int = 0):
        """The tagged form of ``value``."""
        if value is None or value is True or value is False:
            return value
        if isinstance(value, np.generic):
            return self._numbers("n", np.asarray(value)) if _is_plain(value.dtype) else self.refer(value)
        if isinstance(value, (int, str, float)):
            return self._scalar(value)
        if isinstance(value, complex):
            return ["c", self._scalar(value.real), self._scalar(value.imag)]
        if isinstance(value, (list, dict, np.ndarray, np.random.Generator)):
            return self._mutable(value, depth)
        if isinstance(value, (tuple, set, frozenset)) and depth < MAX_DEPTH:
            return ["t" if isinstance(value, tuple) else "e", [self.encode(item, depth + 1) for item in value]]
        if isinstance(value, np.dtype) and _is_plain(value):
            return ["T", value.str]
        if isinstance(value, slice):
            return ["S", *(self.encode(part, depth + 1) for part in (value.start, value.stop, value.step))]
        return self.refer(value)

    def _scalar(self, value):
        if isinstance(value, int):
            value = int(value)
            return value if value.bit_length() < 8000 else self.refer(value)
        if isinstance(value, float):
            value = float(value)
            return value if math.isfinite(value) else ["f", str(value)]
        return str.__str__(value).encode("utf-8", "replace").decode()

    def _mutable(self, value, depth):
        if id(value) in self.index:
            return ["s", self.index[id(value)]]
        if depth >= MAX_DEPTH or (isinstance(value, np.ndarray) and not _is_plain(value.dtype)):
            return self.refer(value)
        self.index[id(value)] = len(self.mutables)
        self.mutables.append(value)
        return self.content(value, depth)

    def content(self, value, depth: int = 0):
        """The tagged form of what is in a mutable object now, whether or not the other side knows the object."""
        if isinstance(value, np.ndarray):
            return self._numbers("a", value)
        if isinstance(value, np.random.Generator):
            bits = value.bit_generator
            return ["g", type(bits).__name__, _state_out(bits.state)]
        if isinstance(value, dict):
            pairs = dict.items(value)
            return ["d", [[self.encode(key, depth + 1), self.encode(item, depth + 1)] for key, item in pairs]]
        return ["l", [self.encode(item, depth + 1) for item in list.__iter__(value)]]

    def _numbers(self, tag, array):
        array = np.asarray(array).view(np.ndarray)
        raw = array.tobytes()
        self.blobs.append(raw)
        self.offset += len(raw)
        return [tag, array.dtype.str, list(array.shape), self.offset - len(raw), array.flags.writeable]


class Decoder:
    """The inverse of `Encoder`; ``resolve(tag, rest)`` makes what ``refer`` referred to.

    Raises WireError on anything malformed.
    """

    def __init__(self, blob: bytes, resolve, mutables: list | None = None):
        self.blob, self.resolve = blob, resolve
        self.mutables = [] if mutables is None else mutables

    def decode(self, form, depth: int = 0):
        """The value of which ``form`` is the tagged form."""
        if form is None or isinstance(form, (bool, int, float, str)):
            return form
        if not isinstance(form, list) or not form or not isinstance(form[0], str) or depth > 2 * MAX_DEPTH:
            raise WireError("malformed value")
        tag, *rest = form
        try:
            return self._tagged(tag, rest, depth)
        except (TypeError, ValueError, IndexError, KeyError, OverflowError, MemoryError) as error:
            raise WireError(f"malformed value ({type(error).__name__})") from error

    def _tagged(self, tag, rest, depth):
        if tag in ("l", "d", "a", "g"):
            return self._mutable(tag, rest, depth)
        if tag == "s":
            return self.mutables[_natural(rest[0])]
        if tag in ("t", "e"):
            items = [self.decode(item, depth + 1) for item in rest[0]]
            return tuple(items) if tag == "t" else {_key(item) for item in items}
        if tag == "n":
            return self._numbers(*rest)[()]
        if tag == "f":
            return {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}[rest[0]]
        if tag == "c":
            return complex(*(self.decode(part) for part in rest))
        if tag == "T":
            return _plain_dtype(rest[0])
        if tag == "S":
            return slice(*(self.decode(part, depth + 1) for part in rest))
        return self.resolve(tag, rest)

    def _mutable(self, tag, rest, depth):
        if tag == "a":
            value = self._numbers(*rest)
        elif tag == "g":
            value = _generator(*rest)
        else:
            value = [] if tag == "l" else {}
        self.mutables.append(value)
        if tag in ("l", "d"):
            self.fill(value, rest, depth)
        return value

    def fill(self, value: list | dict, rest: list, depth: int = 0):
        """Replace the content of a list or dict by what ``rest`` holds."""
        value.clear()
        if isinstance(value, list):
            value.extend(self.decode(item, depth + 1) for item in rest[0])
        else:
            value.update({_key(self.decode(k, depth + 1)): self.decode(v, depth + 1) for k, v in rest[0]})

    def write_back(self, index: int, form: list):
        """Give mutable number ``index`` the content that the other side says it has now."""
        value, tag, rest = self.mutables[_natural(index)], form[0], form[1:]
        kind = {list: "l", dict: "d", np.random.Generator: "g"}.get(type(value), "a")
        if tag != kind:
            raise WireError("an argument changed its type")
        if kind == "g":
            value.bit_generator.state = _generator(*rest, like=value).bit_generator.state
        elif kind == "a":
            numbers = self._numbers(*rest)
            if numbers.shape != value.shape or numbers.dtype != value.dtype:
                raise WireError("an array that was passed in changed its shape or dtype")
            value[...] = numbers
        else:
            self.fill(value, rest)

    def _numbers(self, dtype, shape, offset, writeable):
        dtype = _plain_dtype(dtype)
        shape = tuple(_natural(length) for length in shape)
        count = math.prod(shape)
        if len(shape) > 16 or _natural(offset) + count * dtype.itemsize > len(self.blob):
            raise WireError("an array is longer than what was sent")
        if not count:
            return np.zeros(shape, dtype)
        array = np.frombuffer(self.blob, dtype, count, offset).reshape(shape).copy()
        array.flags.writeable = writeable is True
        return array


def _is_plain(dtype):
    return dtype.itemsize > 0 and PLAIN_DTYPE.fullmatch(dtype.str) is not None


def _plain_dtype(name):
    if not isinstance(name, str) or not PLAIN_DTYPE.fullmatch(name) or np.dtype(name).itemsize == 0:
        raise WireError("an array of something else than numbers or text")
    return np.dtype(name)


def _natural(number):
    if type(number) is not int or number < 0:
        raise WireError("malformed number")
    return number


def _key(value):
    if not isinstance(value, KEY_TYPES) and not isinstance(value, np.generic):
        raise WireError("a dict key or set element that is not plain")
    return value


def _state_out(state):
    """A bit generator's state with arrays as lists, so that it is JSON."""
    if isinstance(state, dict):
        return {key: _state_out(value) for key, value in state.items()}
    return state.tolist() if isinstance(state, (np.ndarray, np.generic)) else state


def _generator(name, state, like=None):
    """A generator in the given state; if ``like`` is given, only one that this generator can have drawn its way to."""
    if name not in ("PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64"):
        raise WireError("an unknown bit generator")
    bits = getattr(np.random, name)()
    bits.state = state
    if like is not None:
        old = like.bit_generator.state
        if old["bit_generator"] != name or (name == "PCG64" and _steps(old["state"], bits.state["state"]) >= MAX_DRAWS):
            raise WireError("a random generator came back as another one")
    return np.random.Generator(bits)


def _steps(old, new):
    """How many draws lead a PCG64 from one state to another (Brown 1994, backwards, bit by bit as in the PCG library).

    Else a student's code could hand back a state after which the test's next "random" inputs are known to it.
    """
    if old["inc"] != new["inc"]:
        return MAX_DRAWS
    state, factor, increment, bit, steps = old["state"], PCG64_FACTOR, old["inc"], 1, 0
    while state != new["state"]:
        if (state ^ new["state"]) & bit:
            state = (state * factor + increment) % 2**128
            steps |= bit
        bit, increment, factor = bit << 1, (factor + 1) * increment % 2**128, factor * factor % 2**128
    return steps
