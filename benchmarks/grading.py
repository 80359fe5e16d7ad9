"""Grading a class: stock `nbgrader autograde` against `grader grade`, on the same submissions, in turn.

The notebook is the grading engine's own test assignment (five parts, hidden tests, a figure); its cells compute for
less than 0.2 s. What a command takes to start is measured with a class of one and told apart.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from statistics import median

import psutil
from nbformat.v4 import writes

from benchmarks.machine import table, write

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))  # the engine's test assignment is what is graded here
FIGURE = "import matplotlib.pyplot as plt\n\nplt.plot([my_mean(np.arange(n + 1)) for n in range(9)])\nplt.show()"
CLASS, ROUNDS = 50, 3
LARGER = (50, 200, 1000)
STOCK, ONE, TWO, DASK = "nbgrader autograde", "grader, 1 worker", "grader, 2 workers", "grader, Dask, 2 workers"


def make_class(folder, count):
    """A course in a folder, its assignment released, and as many submissions, every second one half right."""
    import engine_course
    import tiny_course

    course = engine_course.make_course(folder, limits={})
    notebook = engine_course.instructor_notebook({})
    notebook.cells[[cell.id for cell in notebook.cells].index("show")].source = FIGURE
    course.solution(engine_course.NAME).write_text(writes(notebook))
    tiny_course.run(course, "release", engine_course.NAME)
    wrong = {"mean": "def mean(values):\n    return values.sum()", "walk": "def walk(random, steps):\n    return []"}
    for number in range(count):
        path = course.submitted(f"student-{number:04d}", engine_course.NAME) / f"{engine_course.NAME}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes(engine_course.submission(wrong if number % 2 else {}).replace(b"my mean:", b"mine:"))
    return course


def commands(course, scheduler=None):
    """The contestants' command lines."""
    grade = [sys.executable, "-m", "grader", "--course", str(course.root), "grade", "engine"]
    without_sandbox = "--StockAutograde.without_sandbox=True"  # this course's configuration refuses otherwise
    return {
        STOCK: [sys.executable, "-m", "nbgrader", "autograde", "engine", without_sandbox],
        ONE: [*grade, "--jobs", "1"],
        TWO: [*grade, "--jobs", "2"],
        DASK: [*grade, "--scheduler", scheduler or ""],
    }


class Peak:
    """The largest memory that a process and all below it hold at once, shared pages counted once, in bytes."""

    def __init__(self, process):
        self.process, self.bytes = psutil.Process(process.pid), 0
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._watch, daemon=True)  # or a failed command would never end
        self.thread.start()

    def _watch(self):
        while not self.over.wait(0.5):
            try:
                family = [self.process, *self.process.children(recursive=True)]
                self.bytes = max(self.bytes, sum(one.memory_full_info().pss for one in family))
            except psutil.Error:
                continue  # one of them has just ended

    def stop(self):
        """End the watching; returns the peak."""
        self.over.set()
        self.thread.join()
        return self.bytes


def grade(template, contestant, scheduler=None, memory=False):
    """Grade a fresh copy of a class; returns seconds, the gradebook's scores and the peak memory."""
    import test_grader_attacks

    from grader.course import Course

    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "course"
        shutil.copytree(template.root, root)
        environment = os.environ | {"JUPYTER_CONFIG_PATH": str(root / "grader"), "OMP_NUM_THREADS": "1"}
        course, log, start = Course.find(root), Path(folder) / "log.txt", time.perf_counter()
        with log.open("wb") as output:
            command = commands(course, scheduler)[contestant]
            process = subprocess.Popen(command, cwd=root, env=environment, stdout=output, stderr=output)
        peak = Peak(process) if memory else None
        if process.wait():
            raise SystemExit(f"{contestant} failed:\n{log.read_text()[-2000:]}")
        seconds = time.perf_counter() - start
        return seconds, test_grader_attacks.scores(course), peak.stop() if peak else 0


def cluster():
    """A Dask scheduler on this machine with two worker processes of one thread each."""
    from distributed import LocalCluster

    return LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None)


def run():
    """Measure, write benchmarks/results/grading.md."""
    starts = {name: [] for name in (STOCK, ONE, TWO, DASK)}
    each = {name: [] for name in starts}
    with tempfile.TemporaryDirectory() as folder, cluster() as dask:
        single, whole = (make_class(Path(folder) / f"class-{count}", count) for count in (1, CLASS))
        for _ in range(ROUNDS):
            scores = []
            for name in starts:
                start, *_ = grade(single, name, dask.scheduler_address)
                taken, found, _ = grade(whole, name, dask.scheduler_address)
                starts[name].append(start)
                each[name].append((taken - start) / (CLASS - 1))
                scores.append(found)
            if any(found != scores[0] for found in scores):
                raise SystemExit("the contestants' scores differ")
    rows = [
        [
            name,
            f"{median(starts[name]):.1f} s",
            f"{1000 * min(times):.0f} to {1000 * max(times):.0f} ms",
            f"{60 / median(times):.0f}",
            ratio(each, name),
        ]
        for name, times in each.items()
    ]
    text = (
        f"Classes of 1 and of {CLASS}, {ROUNDS} rounds in turn; all contestants gave the same scores. The first column "
        "is the whole command for one submission, the others are what each further submission takes.\n\n"
    )
    text += table(["", "first", "each further", "a minute", "to stock"], rows)
    rows = []
    for count in LARGER:
        for name in (TWO,) if count == LARGER[-1] else (ONE, TWO, DASK):  # of 1,000 once: the others say the same
            with tempfile.TemporaryDirectory() as folder, cluster() as dask:
                template = make_class(Path(folder) / "template", count)
                taken, _, peak = grade(template, name, dask.scheduler_address, memory=True)
            further = 1000 * (taken - median(starts[name])) / (count - 1)
            memory = "" if name == DASK else f"{peak / 1e6:.0f} MB"  # its workers belong to the cluster
            rows.append([f"{count:,}", name, f"{taken:.1f} s", f"{further:.0f} ms", memory])
    text += "\n\nLarger classes (nbgrader would take as long for each further submission as above):\n\n"
    text += table(["submissions", "", "time", "each further", "peak memory"], rows)
    write("grading", "Grading a class", text)


def ratio(seconds, name):
    """How many times as fast as stock: median over the rounds."""
    return f"{median([stock / own for stock, own in zip(seconds[STOCK], seconds[name], strict=True)]):.1f} x"
