"""What runs inside the sandbox: a warm parent with the heavy imports done, and the student's processes forked from it.

    warm parent ── guardian ── student's process (PID 1 of its own namespace: runs the cells, in order)
                               └── fork per test cell (answers the judge's calls, then is thrown away)

Nothing here is trusted by the judge: student code shares a process with `serve` and may do to it what it likes, at
the price of its own marks. No hidden test, expected value or path of the course ever comes here.
"""

import gc
import importlib
import json
import os
import select
import signal
import socket
import struct
import sys
import traceback

import numpy as np

from grader import confine
from grader.wire import Channel, Decoder, Encoder, WireError

FOLDER = "/notebook"
TEXT_LIMIT = 4000
WARM = (  # what notebooks import
    "numpy.random", "numpy.testing", "matplotlib.pyplot", "matplotlib_inline.backend_inline", "chainrule.check",
    "chainrule.data", "chainrule.gradcheck", "chainrule.network", "chainrule.plots", "chainrule.training",
)  # fmt: skip


def main():
    """Serve the warm parent's socket (file descriptor 0) until the other end closes: each message forks a process."""
    control = socket.socket(fileno=os.dup(0))
    shell = _warm_up()
    # What the collector does not visit stays shared between this process and all forks of it.
    gc.collect()
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    control.sendall(b"ready\n")
    while True:
        data, descriptors, *_ = socket.recv_fds(control, 65536, 2)
        if not data:
            return
        if os.fork() == 0:
            try:
                _guard(control, shell, json.loads(data), *descriptors)
            finally:
                os._exit(0)
        for descriptor in descriptors:
            os.close(descriptor)


def _warm_up():
    """Import what notebooks import, and make the shell that they run in."""
    for name in WARM:
        importlib.import_module(name)
    from tqdm import tqdm

    from grader.shell import StudentShell

    tqdm.monitor_interval = 0  # its watching thread could not start, and tqdm would warn of that
    return StudentShell.start()


def _guard(control, shell, settings, student_end, status_end):
    """Fork the student's process into namespaces of its own; end it when the judge hangs up; report how it ended."""
    confine.die_with_parent()
    control.close()
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    status = socket.socket(fileno=status_end)
    try:
        if settings["isolate"]:
            confine.enter_namespaces(FOLDER, settings["folder_bytes"])
    except OSError as error:
        status.sendall(json.dumps({"failed": str(error)}).encode())
        return
    child = os.fork()
    if child == 0:
        try:
            status.close()
            _student(shell, settings, student_end)
        finally:
            os._exit(1)
    os.close(student_end)
    process = os.pidfd_open(child)
    ready, *_ = select.select([process, status], [], [])
    if process not in ready:
        os.kill(child, signal.SIGKILL)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    status.sendall(json.dumps({"ended": code}).encode())


def _student(shell, settings, student_end):
    confine.die_with_parent()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the forks for tests leave nothing behind
    os.setsid()  # else its signals to its own process group would reach the guardian
    connection = socket.socket(fileno=os.dup2(student_end, 3))
    os.closerange(4, 256)
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    os.close(null)
    os.chdir(FOLDER if settings["isolate"] else settings["folder"])
    confine.limit_resources(settings["memory_bytes"], settings["file_bytes"], settings["cpu_seconds"])
    if settings["isolate"]:
        confine.drop_privileges()
    listener = confine.filter_system_calls()
    channel = Channel(connection, settings["value_bytes"])
    channel.send({"hello": os.getpid()}, file_descriptors=(listener,))
    os.close(listener)
    shell.limit_output(settings["output_bytes"])
    Session(channel, shell).serve()
    os._exit(0)


class Session:
    """Does what the judge asks: run cells in the student's own process, call functions in its forks."""

    def __init__(self, channel, shell):
        self.channel, self.shell, self.objects = channel, shell, []

    def serve(self):
        """Answer messages until the judge hangs up."""
        while True:
            try:
                message, blob, descriptors, _ = self.channel.receive()
            except EOFError:
                return
            self.answer(message, blob, descriptors)

    def answer(self, message, blob, descriptors):
        """Do one thing that the judge asked for."""
        operation = message["do"]
        if operation == "run":
            self.channel.send(self.shell.run(message["cell"], message["source"]))
        elif operation == "fork":
            self._fork(descriptors[0])
        elif operation == "names":
            self._names(message["names"])
        elif operation == "call":
            self._call(message, blob)

    def _fork(self, descriptor):
        if os.fork():
            os.close(descriptor)
            return
        confine.die_with_parent()
        os.dup2(descriptor, 3)
        os.close(descriptor)
        self.channel = Channel(socket.socket(fileno=os.dup(3)), self.channel.max_bytes)
        self.shell.forget_output()
        self.channel.send({"hello": os.getpid()})

    def _names(self, names):
        """What the names are bound to now: plain data as such, anything else as a reference."""
        namespace = self.shell.user_ns
        encoder = Encoder(self._refer)
        values = {name: encoder.encode(namespace[name]) for name in names if name in namespace}
        self.channel.send({"values": values}, encoder.blobs)

    def _refer(self, value):
        self.objects.append(value)
        return ["o", len(self.objects) - 1, type(value).__name__[:80], callable(value)]

    def _resolve(self, tag, rest):
        if tag == "o":
            return self.objects[rest[0]]
        if tag == "i":
            return _imported(*rest)
        if tag == "k":
            return lambda *args, **kwargs: self._call_back(rest[0], args, kwargs)
        raise WireError(f"unknown tag {tag}")

    def _call(self, message, blob):
        decoder = Decoder(blob, self._resolve)
        outer, self.call = getattr(self, "call", None), decoder
        try:
            args, kwargs = decoder.decode(message["args"]), decoder.decode(message["kwargs"])
            decoder.before = [_fingerprint(value) for value in decoder.mutables]
            function = self.objects[message["object"]]
            reply = {"returned": None}
            value = function(*args, **kwargs)
            encoder = Encoder(self._refer, decoder.mutables)
            reply["returned"] = encoder.encode(value)
        except BaseException as error:
            encoder = Encoder(self._refer, decoder.mutables)
            reply = {"raised": self._describe(error)}
        reply["changes"] = self._changes(decoder, encoder)
        self.call = outer
        self.channel.send(reply, encoder.blobs)

    def _changes(self, decoder, encoder):
        """Which of the judge's arguments the student's code has changed in place, and what they hold now."""
        changes = []
        for index, before in enumerate(getattr(decoder, "before", ())):
            value = decoder.mutables[index]
            now = _fingerprint(value)
            if before is None or now != before:
                changes.append([index, encoder.content(value)])
                decoder.before[index] = now  # what the judge holds from here on, so that a change back is told too
        return changes

    def _call_back(self, identity, args, kwargs):
        """Call a function of the judge's, from student code."""
        encoder = Encoder(self._refer, list(self.call.mutables))
        message = {"call back": identity, "args": encoder.encode(args), "kwargs": encoder.encode(kwargs)}
        message["changes"] = self._changes(self.call, encoder)
        self.channel.send(message, encoder.blobs)
        while True:
            answer, blob, descriptors, _ = self.channel.receive()
            if "answer" in answer:
                return Decoder(blob, self._resolve).decode(answer["answer"])
            if "error" in answer:
                raise RuntimeError(answer["error"])
            self.answer(answer, blob, descriptors)

    def _describe(self, error):
        """An exception for the judge: its type and words, and the place in the student's cells where it came from."""
        place = [None, 0]
        for frame, line in traceback.walk_tb(error.__traceback__):
            if frame.f_code.co_filename in self.shell.cell_of_file:
                place = [self.shell.cell_of_file[frame.f_code.co_filename], line]
        try:
            text = str(error)[:TEXT_LIMIT]
        except BaseException:
            text = ""
        lines = "".join(traceback.format_exception(error, limit=-8))[-TEXT_LIMIT:]
        types = [kind.__name__ for kind in type(error).__mro__]
        return {"types": types, "text": text, "cell": place[0], "line": place[1], "traceback": lines}


def _imported(module, name):
    value = importlib.import_module(module)
    for part in name.split("."):
        value = getattr(value, part)
    return value


def _fingerprint(value):
    """Bytes that change when an array or generator changes; None for lists and dicts, which always go back."""
    if isinstance(value, np.ndarray):
        return struct.pack("q", value.ndim) + value.tobytes()
    return str(value.bit_generator.state) if isinstance(value, np.random.Generator) else None


if __name__ == "__main__":
    sys.path = [folder for folder in sys.path if folder]
    main()
