"""The outer walls: a warm parent in a bubblewrap sandbox, and the student's processes that it forks.

The walls: own user, PID, network, IPC and UTS namespaces; a read-only view of the Python installation and of the
helper package, nothing else of the course; an empty environment. `confine.py` builds the inner walls.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

from grader.process import Limits, SandboxError, StudentProcess

SYSTEM_FOLDERS = ("/usr", "/lib", "/lib32", "/lib64", "/bin")
HIDDEN_FOLDERS = ("/usr/local/share/nbgrader", "/usr/share/nbgrader")  # with the exchange, others' work
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

    def spawn(self, limits: Limits) -> StudentProcess:
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
    for folder in filter(os.path.isdir, HIDDEN_FOLDERS):
        command += ["--size", "4096", "--tmpfs", folder, "--remount-ro", folder]
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
