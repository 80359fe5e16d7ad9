"""The outer walls: a warm parent in a bubblewrap sandbox, and the student's processes that it forks.

The walls: own user, PID, network, IPC and UTS namespaces; a read-only view of the Python installation and of the
helper package, nothing else of the course; an empty environment. `confine.py` builds the inner walls.
"""

import contextlib
import json
import os
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import sysconfig
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from grader import confine
from grader.wire import Channel, WireError

SYSTEM_FOLDERS = ("/usr", "/lib", "/lib32", "/lib64", "/bin")
SYSTEM_FILES = ("/etc/ld.so.cache", "/etc/fonts", "/etc/localtime", "/etc/ssl/openssl.cnf")
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "VECLIB_MAXIMUM")}
NO_BUBBLEWRAP = (
    "Submissions run in a bubblewrap sandbox, and bubblewrap is not installed: install the package 'bubblewrap', or "
    "give --no-sandbox to run them unprotected, with all your rights."
)
NO_NAMESPACES = (
    "Submissions run in a bubblewrap sandbox, and bubblewrap failed here ({words}): see that you may make user "
    "namespaces on this machine, or give --no-sandbox to run them unprotected, with all your rights."
)
PATIENCE = 4


class SandboxError(Exception):
    """The sandbox cannot be had; the message is one sentence that says what to do."""


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
        Address space of the student's process, and of the fork that answers a test's calls.
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


class Sandbox:
    """A warm parent process, and forks of it on demand. Use it as a context manager.

    Parameters
    ----------
    isolate : bool
        False runs it without bubblewrap and namespaces, with the rights of the caller.

    Raises
    ------
    SandboxError
        If bubblewrap is missing or cannot make namespaces here.
    """

    def __init__(self, isolate: bool = True):
        self.isolate = isolate
        self.scratch = tempfile.mkdtemp(prefix="grader-")
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        self.control = ours
        environment = _environment(isolate, self.scratch)
        arguments = [sys.executable, "-P", "-m", "grader.inside"]
        with theirs, tempfile.TemporaryFile() as errors:
            self.process = subprocess.Popen(
                _bubblewrap() + arguments if isolate else arguments,
                env=environment, stdin=theirs, stdout=subprocess.DEVNULL, stderr=errors,
            )  # fmt: skip
            theirs.close()
            if ours.recv(6, socket.MSG_WAITALL) != b"ready\n":
                self.close()
                errors.seek(0)
                words = errors.read()[-2000:].decode(errors="replace").strip().splitlines()
                raise SandboxError(why_not(words[-1] if words else "no word"))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """End the warm parent and everything forked from it."""
        self.control.close()
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.scratch, ignore_errors=True)

    def spawn(self, limits: Limits) -> "StudentProcess":
        """Fork a fresh process for one submission."""
        ours, theirs = socket.socketpair()
        status, their_status = socket.socketpair()
        settings = {
            "isolate": self.isolate,
            "folder": self.scratch,
            "folder_bytes": limits.folder_bytes,
            "memory_bytes": limits.memory_bytes,
            "file_bytes": limits.file_bytes,
            "cpu_seconds": int(limits.total_seconds) + 10,
            "output_bytes": limits.output_bytes,
            "value_bytes": limits.value_bytes,
        }
        # First of all ask for the kernel's word on who sends: it is only given for what is sent from then on.
        process = StudentProcess(ours, status, limits)
        with theirs, their_status:
            files = [theirs.fileno(), their_status.fileno()]
            try:
                socket.send_fds(self.control, [json.dumps(settings).encode()], files)
            except OSError as error:
                raise SandboxError("the warm parent inside the sandbox has died") from error
        return process


class StudentProcess:
    """The judge's hold on a student's process: its channel, its kernel-attested process id, its listener.

    The kernel vouches for the process id (SO_PASSCRED), so student code cannot make the judge signal another process.
    """

    def __init__(self, connection: socket.socket, status: socket.socket | None, limits: Limits, listener: int = -1):
        self.limits, self.status, self.listener = limits, status, listener
        self.may_fork, self.process = False, None
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        connection.setblocking(False)
        self.connection = connection
        self.channel = Channel(connection, limits.value_bytes, self._wait)
        self._allow(limits.cell_seconds)

    def _allow(self, seconds: float):
        """From now on the process may take so long until it answers."""
        self.deadline, self.cpu_deadline = time.monotonic() + PATIENCE * seconds, self.cpu_seconds() + seconds

    def greet(self):
        """Wait for the process's first message, which tells who it is."""
        _, _, descriptors, credentials = self.receive(self.limits.cell_seconds)
        if descriptors:
            self.listener = descriptors[0]
        self.process = struct.unpack("iII", credentials)[0]
        self.handle = os.pidfd_open(self.process)

    def fork(self) -> "StudentProcess":
        """A copy of the process as it is now, for the calls of one test; whatever they do, the original stays."""
        ours, theirs = socket.socketpair()
        fork = StudentProcess(ours, None, self.limits, self.listener)
        fork.may_fork = True
        with theirs:
            self._allow(self.limits.cell_seconds)
            try:
                self.channel.send({"do": "fork"}, file_descriptors=(theirs.fileno(),))
            except OSError:
                raise Stopped(self.why_ended()) from None
        fork.greet()
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
            return self.channel.receive()
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
            left = min(self.deadline - time.monotonic(), self.cpu_deadline - self.cpu_seconds())
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

    def peak_memory_bytes(self) -> int:
        """The largest resident memory of the process so far."""
        try:
            for line in Path(f"/proc/{self.process}/status").read_text().splitlines():
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) * 1024
        except OSError:
            pass
        return 0

    def close(self):
        """Kill the process and let go of its files; a fork shares its parent's listener and leaves it open."""
        self.kill()
        self.connection.close()
        if hasattr(self, "handle"):
            os.close(self.handle)
        if self.status is not None:
            self.status.close()
            if self.listener >= 0:
                os.close(self.listener)


def why_not(words: str) -> str:
    """What to do about a sandbox that did not start, by the last words of bubblewrap or of the Python in it."""
    if words.startswith(("ModuleNotFoundError", "ImportError")):
        return f"Python starts in the sandbox, but lacks software ({words}): give `make test` once, which installs it."
    return NO_NAMESPACES.format(words=words)


def _environment(isolate: bool, scratch: str) -> dict[str, str]:
    """The whole environment of the sandbox; nothing of the caller's enters it."""
    home = "/notebook" if isolate else scratch
    folders = (Path(__file__).parent.parent, _helper_package().parent)
    packages = "/sandbox" if isolate else os.pathsep.join(str(folder.resolve()) for folder in folders)
    return {
        **ONE_THREAD,
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "HOME": home,
        "TMPDIR": home,
        "IPYTHONDIR": f"{home}/ipython",
        "MPLCONFIGDIR": "/matplotlib" if isolate else str(_matplotlib_cache()),
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "CHAINRULE_CACHE": "/data" if isolate else str(_data_cache()),
        "PYTHONPATH": packages,
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _bubblewrap() -> list[str]:
    """The command line that puts a program into the sandbox."""
    program = shutil.which("bwrap")
    if program is None:
        raise SandboxError(NO_BUBBLEWRAP)
    command = [program, "--unshare-all", "--unshare-user", "--uid", "1000", "--gid", "1000"]
    command += ["--hostname", "notebook", "--die-with-parent", "--new-session"]
    for path in [*SYSTEM_FOLDERS, *SYSTEM_FILES]:
        if os.path.islink(path):
            command += ["--symlink", os.readlink(path), path]
        elif os.path.exists(path):
            command += ["--ro-bind", path, path]
    for folder in _python_folders():
        command += ["--ro-bind", folder, folder]
    here = Path(__file__).resolve().parent
    for module in ("__init__", "wire", "confine", "inside", "shell"):
        command += ["--ro-bind", str(here / f"{module}.py"), f"/sandbox/grader/{module}.py"]
    command += ["--ro-bind", str(_helper_package()), "/sandbox/chainrule"]
    command += ["--size", "1048576", "--tmpfs", "/matplotlib"]
    caches = [("/data", _data_cache(), "mnist-small-*.npz"), ("/matplotlib", _matplotlib_cache(), "fontlist-*.json")]
    for target, folder, pattern in caches:
        for path in folder.glob(pattern):
            command += ["--ro-bind", str(path), f"{target}/{path.name}"]
    command += ["--proc", "/proc", "--dev", "/dev", "--size", "1048576", "--tmpfs", "/notebook", "--chdir", "/notebook"]
    return [*command, "--remount-ro", "/dev", "--remount-ro", "/", "--"]


def keep_apart(root: Path) -> None:
    """Raise a SandboxError if a course lies where students' code can read it."""
    for folder in (*SYSTEM_FOLDERS, *_python_folders()):
        if root.resolve().is_relative_to(folder):
            raise SandboxError(f"The course lies inside {folder}, which students' code can read: move it elsewhere.")


def _python_folders() -> list[str]:
    """The folders with Python and its packages."""
    paths = sysconfig.get_paths()
    folders = {sys.prefix, sys.base_prefix, paths["purelib"], paths["platlib"]}
    chosen = []
    for folder in sorted(os.path.realpath(folder) for folder in folders):
        if not any(Path(folder).is_relative_to(parent) for parent in (*chosen, "/usr")):
            chosen.append(folder)
    return chosen


def _helper_package() -> Path:
    """The folder of the helper package that the judge uses, whether it is installed or only on its path."""
    import chainrule

    return Path(chainrule.__file__).resolve().parent


def _data_cache() -> Path:
    """The folder with the small digits in it, made if need be."""
    from chainrule.data import cache_folder, load_mnist

    load_mnist("small")
    return cache_folder()


def _matplotlib_cache() -> Path:
    """The folder with Matplotlib's list of fonts, made if need be."""
    import matplotlib
    import matplotlib.font_manager

    assert matplotlib.font_manager.fontManager  # importing it has written the list
    return Path(matplotlib.get_cachedir())
