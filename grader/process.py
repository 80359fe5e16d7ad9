"""A student's process as the judge holds it: its messages, its time and memory, its end."""

import contextlib
import json
import os
import select
import signal
import socket
import struct
import time
from dataclasses import dataclass
from pathlib import Path

from grader import confine
from grader.wire import Channel, WireError

PATIENCE = 4
IMPOSTOR = "Another process than the one that runs your code answered for it."


class SandboxError(Exception):
    """The sandbox cannot be had; the message is one sentence that says what to do."""


def cannot_start(error: OSError) -> SandboxError:
    """What ends a run on a machine without processes, open files or room to spare: no submission is at fault."""
    return SandboxError(
        f"A grading process cannot be started ({error.strerror or error}): mend that, or take fewer --jobs, then give "
        "the same command again; what was graded is kept."
    )


class Stopped(Exception):
    """A student's process ended or had to be ended; the message says why, in words for the student."""


class TookTooLong(Stopped):
    """A student's process did not answer in time."""


@dataclass(frozen=True)
class Limits:
    """What a submission may use. Times are seconds, sizes bytes.

    Parameters
    ----------
    cell_seconds, call_seconds, test_seconds, total_seconds : float
        For one cell of the student's; one call of a student's function by a test; one test cell; everything. Counted
        is the processor's time, lest a busy machine cost points; the clock's may be `PATIENCE` times as much.
    memory_bytes : int
        Address space of a process: the student's, and the fork that answers a test's calls. What the student's and its
        forks for later keep counts together.
    file_bytes, folder_bytes : int
        One file; all files together.
    output_bytes, value_bytes : int
        What one cell may show; what may be passed between judge and student at once.
    """

    cell_seconds: float = 60.0
    call_seconds: float = 30.0
    test_seconds: float = 60.0
    total_seconds: float = 300.0
    memory_bytes: int = 3 << 30
    file_bytes: int = 16 << 20
    folder_bytes: int = 64 << 20
    output_bytes: int = 500_000
    value_bytes: int = 64 << 20


class StudentProcess:
    """The judge's hold on a student's process: its channel, its kernel-attested process id, its listener.

    The kernel vouches for the process id (SO_PASSCRED), so student code cannot make the judge signal another process.
    """

    def __init__(self, connection: socket.socket, status: socket.socket | None, limits: Limits, listener: int = -1):
        self.limits, self.status, self.listener = limits, status, listener
        self.may_fork, self.process = False, None
        self.family = [self]  # all processes of the submission that live
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        connection.setblocking(False)
        self.connection = connection
        self.channel = Channel(connection, limits.value_bytes, self._wait)
        self._allow(limits.cell_seconds)

    def _allow(self, seconds: float):
        """From now on the process may take so long until it answers."""
        self.deadline, self.cpu_deadline = time.monotonic() + PATIENCE * seconds, self.family_cpu_seconds() + seconds

    def greet(self):
        """Wait for the process's first message, which tells who it is."""
        _, _, descriptors, credentials = self.receive(self.limits.cell_seconds)
        if descriptors and self.status is not None:  # of the first process, before any code of the student's has run
            self.listener = descriptors.pop(0)
        _close_all(descriptors)
        sender = struct.unpack("iII", credentials)[0]
        if sender in [other.process for other in self.family]:
            raise Stopped(IMPOSTOR)
        try:
            self.handle = os.pidfd_open(sender)
        except ProcessLookupError:
            raise Stopped(self.why_ended()) from None
        self.process = sender

    def fork(self) -> "StudentProcess":
        """A copy of the process as it is now, for the calls of one test; whatever they do, the original stays."""
        ours, theirs = socket.socketpair()
        fork = StudentProcess(ours, None, self.limits, self.listener)
        fork.may_fork, fork.family = True, self.family
        with theirs:
            self._allow(self.limits.cell_seconds)
            try:
                self.channel.send({"do": "fork"}, file_descriptors=(theirs.fileno(),))
            except OSError:
                raise Stopped(self.why_ended()) from None
        try:
            fork.greet()
        except Stopped:
            fork.close()
            raise
        self.family.append(fork)
        return fork

    def send(self, message: dict, blobs: tuple = (), *, seconds: float):
        """Send a message; raises Stopped if the process does not take it in time."""
        self._allow(seconds)
        try:
            self.channel.send(message, blobs)
        except TimeoutError:
            raise TookTooLong("Your code ran too long and was stopped.") from None
        except OSError:
            raise Stopped(self.why_ended()) from None

    def receive(self, seconds: float) -> tuple[dict, bytes, list[int], bytes]:
        """The process's next message; raises Stopped if there is none in time, or a malformed one."""
        self._allow(seconds)
        try:
            message, blob, descriptors, credentials = self.channel.receive()
            if self.process is not None:
                _close_all(descriptors)
                if struct.unpack("iII", credentials)[0] != self.process:
                    raise Stopped(IMPOSTOR)
            return message, blob, descriptors, credentials
        except TimeoutError:
            raise TookTooLong(f"Your code ran longer than {seconds:.0f} seconds and was stopped.") from None
        except (EOFError, OSError):
            raise Stopped(self.why_ended()) from None
        except WireError as error:
            raise Stopped(f"Your code gave back something that cannot be read: {error}.") from None

    def _wait(self, connection, writing):
        """Block until the socket is ready, meanwhile refusing the process's wishes to fork."""
        poll = select.poll()
        poll.register(connection, select.POLLOUT if writing else select.POLLIN)
        if self.listener >= 0:
            poll.register(self.listener, select.POLLIN)
        while True:
            left = min(self.deadline - time.monotonic(), self.cpu_deadline - self.family_cpu_seconds())
            ready = dict(poll.poll(max(0, left) * 1000))
            if connection.fileno() in ready:
                return
            if ready.get(self.listener, 0) & select.POLLIN:
                self.may_fork &= not confine.answer_listener(self.listener, self.may_fork)
            elif self.listener in ready:
                poll.unregister(self.listener)
            if left <= 0:
                raise TimeoutError

    def why_ended(self) -> str:
        """In words for the student, why the process is gone."""
        code = None
        if self.status is not None:
            self.status.settimeout(2)
            try:
                answer = json.loads(self.status.recv(4096) or b"{}")
            except (OSError, ValueError):
                answer = {}
            if "failed" in answer:
                raise SandboxError(f"a process could not be isolated: {answer['failed']}")
            code = answer.get("ended")
        if code is not None and code < 0:
            return f"Your code crashed the process in which it ran ({signal.Signals(-code).name})."
        return "Your code ended the process in which it ran (by exit, a crash, or for want of memory)."

    def interrupt(self):
        """What Ctrl-C does."""
        self._signal(signal.SIGINT)

    def pause(self):
        """Let the process stand still, that it may not work for another one."""
        self._signal(signal.SIGSTOP)

    def resume(self):
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def kill(self):
        """End the process, whatever it does."""
        self._signal(signal.SIGKILL)

    def _signal(self, number):
        # It may have gone, or never come.
        with contextlib.suppress(ProcessLookupError, AttributeError):
            signal.pidfd_send_signal(self.handle, number)

    def cpu_seconds(self) -> float:
        """Processor time that the process has used, by the kernel's clock and not by the student's word."""
        try:
            return time.clock_gettime((~self.process << 3) | 2) if self.process else 0.0
        except OSError:
            return 0.0

    def family_cpu_seconds(self) -> float:
        """That of all living processes of the submission: one that was paused may have been woken to help."""
        return sum(process.cpu_seconds() for process in self.family)

    def peak_memory_bytes(self) -> int:
        """The largest resident memory of the process so far."""
        return self._memory("status", "VmHWM:")

    def memory_bytes(self) -> int:
        """Memory of the process, of pages that it shares with others its part."""
        return self._memory("smaps_rollup", "Pss:")

    def family_memory_bytes(self) -> int:
        """Memory of all living processes of the submission, what they share counted once."""
        return sum(process.memory_bytes() for process in self.family)

    def _memory(self, file: str, entry: str) -> int:
        try:
            lines = Path(f"/proc/{self.process}/{file}").read_text().splitlines()
        except OSError:
            return 0
        return next((int(line.split()[1]) * 1024 for line in lines if line.startswith(entry)), 0)

    def close(self):
        """Kill the process and let go of its files; a fork shares its parent's listener and leaves it open."""
        self.kill()
        if self in self.family:
            self.family.remove(self)
        self.connection.close()
        if hasattr(self, "handle"):
            os.close(self.handle)
        if self.status is not None:
            self.status.close()
            if self.listener >= 0:
                os.close(self.listener)


def _close_all(descriptors: list[int]):
    for descriptor in descriptors:
        os.close(descriptor)
