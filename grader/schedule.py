"""Grading a class: warm workers behind an executor, results kept by hash, one run at a time, nothing done twice."""

import atexit
import contextlib
import errno
import functools
import logging
import os
import stat
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

import chainrule
from grader.assignment import Assignment, AssignmentError, load_assignment
from grader.course import Course, UserError, digest, failure, only_writer, write_atomically
from grader.engine import Worker
from grader.process import SandboxError, cannot_start
from grader.rebuild import MAX_FILE_BYTES, Rebuilt, Unusable, rebuild
from grader.record import PATIENCE, Change, Recorder
from grader.result import FAILED, NO_VERDICT, Result
from grader.run import without_verdict
from grader.sandbox import keep_apart

# What happens before and after the verdict; everything else in this package decides it, and its change regrades.
OUTER = {
    "__main__", "analysis", "cli", "collect", "course", "export", "feedback", "graded", "nbgrader_config",
    "owners", "preprocessors", "reach", "record", "recorded", "release", "report", "schedule", "scores", "similarity",
    "thresholds", "variants",
}  # fmt: skip
WITHOUT_WORKERS = 60.0  # seconds that a cluster may be without any before grading stops
SCHEDULER_LOST = (
    "The Dask scheduler went away. Start it and its workers, then give the same command again: what was graded is kept."
)
IN_FLIGHT = 2  # submissions a worker holds: one that it grades and the next


@dataclass
class Summary:
    """What a run did."""

    graded: int = 0
    from_cache: int = 0
    unchanged: int = 0
    without_verdict: int = 0
    seconds: float = 0.0
    changes: list[Change] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Task:
    """One submission on its way to a worker; the instructor's notebook goes with it, so workers share no folder."""

    student: str
    assignment: str
    instructor: bytes
    submission: bytes
    seed: int
    sandbox: bool
    code: str  # the `code_digest` that the result is kept under: a worker with another one must not judge


def hidden_seed() -> int:
    """The seed of the hidden tests, as the course's configuration sets it."""
    seed = os.environ.get("CHAINRULE_HIDDEN_SEED", "0")
    if not seed.isdecimal():
        raise UserError(f"CHAINRULE_HIDDEN_SEED is set to {seed!r}; set it to one whole number, or not at all.")
    return int(seed)


@functools.cache
def code_digest() -> str:
    """The hash of all code that decides a verdict: this package's engine, and the package that the tests import."""
    engine = sorted(path for path in Path(__file__).parent.glob("*.py") if path.stem not in OUTER)
    helpers = sorted(Path(chainrule.__file__).parent.rglob("*.py"))  # the same wherever the two folders lie
    return digest(sys.version.encode(), np.__version__.encode(), *(p.read_bytes() for p in engine + helpers))


class Results:
    """The results of one assignment, in ``grader/.cache/<assignment>/results`` by the hash of what decides them."""

    def __init__(self, course: Course, assignment: Assignment, sandbox: bool = True):
        self.folder = course.cache / assignment.name / "results"
        deciding = [assignment.name, assignment.digest, code_digest(), str(hidden_seed()), str(sandbox)]
        self.common = "\n".join(deciding).encode()

    def key(self, student: str, submission: bytes | None) -> str:
        """The hash under which the result of this submission is kept; None stands for no file."""
        content = [b"none"] if submission is None else [b"file", submission]
        return digest(self.common, student.encode("utf-8", "surrogateescape"), *content)

    def load(self, key: str) -> Result | None:
        """The result, or None if there is none or it is damaged."""
        for name in (f"{key}.json", f"{key}.failed"):
            with contextlib.suppress(OSError, ValueError):
                return Result.from_json((self.folder / name).read_text(encoding="utf-8"))
        return None

    def __contains__(self, key: str) -> bool:
        return (self.folder / f"{key}.json").exists()

    def store(self, key: str, result: Result) -> None:
        """Keep a result, whole or not at all; one without a verdict only until the next run tries again."""
        kept, other = ("json", "failed") if result.judged else ("failed", "json")
        write_atomically(self.folder / f"{key}.{kept}", result.to_json().encode())
        (self.folder / f"{key}.{other}").unlink(missing_ok=True)


def submission(course: Course, student: str, assignment: str) -> bytes | None:
    """The bytes of a submitted notebook, as many as matter; None if there is no such file."""
    path = course.submitted(student, assignment) / f"{assignment}.ipynb"
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            return None
        with path.open("rb") as file:
            return file.read(MAX_FILE_BYTES + 1)
    except OSError:
        return None


class Warm:
    """The warm workers of this process, one for each thread that grades, and the instructor's notebooks they use."""

    def __init__(self):
        self.lock, self.thread = threading.Lock(), threading.local()
        self.workers: list[Worker] = []
        self.folder: tempfile.TemporaryDirectory | None = None
        atexit.register(self.close)

    def worker(self, task: Task) -> Worker:
        """This thread's worker, set to the task's assignment."""
        own = self.thread.__dict__.setdefault("workers", {})
        with self.lock:
            if self.folder is None:
                self.folder = tempfile.TemporaryDirectory(prefix="grader-")
            root = Path(self.folder.name) / digest(task.assignment.encode(), task.instructor)
            notebook = root / "solutions" / task.assignment / f"{task.assignment}.ipynb"
            if not notebook.exists():
                write_atomically(notebook, task.instructor)
            if task.sandbox not in own:
                own[task.sandbox] = Worker(root, sandbox=task.sandbox)
                self.workers.append(own[task.sandbox])
        own[task.sandbox].root = root
        return own[task.sandbox]

    def close(self) -> None:
        """End all workers and remove the notebooks."""
        with self.lock:
            for worker in self.workers:
                worker.close()
            self.workers, self.thread = [], threading.local()
            if self.folder is not None:
                self.folder.cleanup()
                self.folder = None


_warm = Warm()


def grade_one(task: Task) -> str:
    """Grade one submission with this thread's warm worker, here or on another machine; the result as JSON."""
    if task.code != code_digest():
        raise ImportError("another version of it, of Python or of NumPy is there")
    try:
        worker = _warm.worker(task)
    except OSError as error:  # such as a full /tmp
        raise cannot_start(error) from error
    return worker.grade(task.submission, task.assignment, task.student, seed=task.seed).to_json()


@contextlib.contextmanager
def executor(jobs: int, scheduler: str | None) -> Iterator[tuple[Executor, Callable[[], int]]]:
    """Where the work goes, and how many submissions can be worked on there just now.

    Each thread of the local pool keeps a grading process of its own; a Dask cluster's workers do the same.
    """
    if scheduler is None:
        pool = ThreadPoolExecutor(jobs)
        try:
            yield pool, lambda: jobs
        finally:
            pool.shutdown(cancel_futures=True)
            _warm.close()
        return
    from distributed import Client

    # They log pages of tracebacks of a lost connection.
    for name in ("distributed", "distributed.client", "tornado", "tornado.application"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        client = Client(scheduler, timeout=10)
    except (OSError, ValueError) as error:
        raise UserError(f"No Dask scheduler answers at {scheduler}: {error}") from error

    def capacity() -> int:
        try:
            return sum(client.nthreads().values())
        except OSError as error:
            raise UserError(SCHEDULER_LOST) from error

    with client:
        yield client.get_executor(pure=False), capacity


def work(assignment: Assignment, tasks: Iterator[tuple[str, Task]], pool: Executor, capacity) -> Iterator:
    """Grade tasks as they come, so many at a time as the workers hold; yields key and result as each is done."""
    running: dict[Future, tuple[str, Task]] = {}
    last_seen = time.monotonic()
    try:
        while True:
            while len(running) < IN_FLIGHT * max(1, capacity()) and (following := next(tasks, None)):
                running[pool.submit(grade_one, following[1])] = following
            if not running:
                return
            for future in wait(running, timeout=5, return_when=FIRST_COMPLETED).done:
                key, task = running.pop(future)
                yield key, outcome(future, assignment, task.student)
            if capacity():
                last_seen = time.monotonic()
            elif time.monotonic() - last_seen > WITHOUT_WORKERS:
                raise UserError(
                    f"The cluster has had no worker for {WITHOUT_WORKERS:.0f} seconds. Start workers and give the same "
                    "command again: what was graded is kept."
                )
    finally:
        for future in running:
            future.cancel()


def outcome(future: Future, assignment: Assignment, student: str) -> Result:
    """What became of one submission; whatever is not a sound result for it counts as no verdict."""
    try:
        result = Result.from_json(future.result())
        if (result.student, [part.grade_id for part in result.parts]) == (
            student,
            [t.identity for t in assignment.tests],
        ):
            return result
        reason = "the worker's answer is about something else"
    except (SandboxError, AssignmentError) as error:
        raise UserError(str(error)) from error
    except CancelledError as error:
        raise UserError(SCHEDULER_LOST) from error
    except ImportError as error:
        raise UserError(f"The workers lack the course's software ({error}); install the same version there.") from error
    except Exception as error:  # a worker lost again and again, or a fault of the grader's own: never a score
        reason = f"the worker failed ({type(error).__name__}: {error})"
    return without_verdict(assignment, student, reason, NO_VERDICT)


def grade_class(
    course: Course,
    name: str,
    students: list[str],
    *,
    jobs: int = 1,
    scheduler: str | None = None,
    sandbox: bool = True,
    rerun: bool = False,
    patience: float = PATIENCE,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Summary:
    """Grade these students' submissions of one assignment, and record them.

    Parameters
    ----------
    course : Course
    name : str
        The assignment's.
    students : list of str
    jobs : int
        Worker processes on this machine.
    scheduler : str, optional
        Address of a Dask scheduler, whose workers take their place.
    sandbox : bool
        False runs students' code unprotected.
    rerun : bool
        Grade again what has a result already.
    patience : float
        Seconds to wait for a gradebook that another program keeps locked.
    progress : callable
        Called with the number done and the number to do.

    Returns
    -------
    Summary

    Raises
    ------
    AssignmentError
        If the instructor's notebook cannot be used.
    UserError
        If the run cannot start or go on; what was graded until then is kept.
    """
    start = time.monotonic()
    assignment = load_assignment(name, course.root)
    if sandbox and scheduler is None:
        keep_apart(course.root)
    with only_writer(course), Recorder(course, assignment, patience=patience) as recorder:
        run = _Run(course, assignment, recorder, Results(course, assignment, sandbox), progress)
        fresh = run.record_known(students, rerun)
        try:
            if fresh:
                with executor(jobs, scheduler) as (pool, capacity):
                    for key, result in work(assignment, run.tasks(fresh, sandbox), pool, capacity):
                        run.keep(key, result)
        finally:
            recorder.finish()
            run.summary.changes = recorder.changes
            run.summary.seconds = time.monotonic() - start
    return run.summary


class _Run:
    """One run over a class: what is known already, what is to do, and what came of it."""

    def __init__(self, course: Course, assignment: Assignment, recorder: Recorder, results: Results, progress):
        self.course, self.assignment, self.recorder = course, assignment, recorder
        self.results, self.progress = results, progress
        self.summary, self.total = Summary(), 0

    def submission(self, student: str) -> bytes | None:
        return submission(self.course, student, self.assignment.name)

    def record_known(self, students: list[str], rerun: bool) -> list[str]:
        """Record results that a run before this one left in the cache; the students that are still to be graded."""
        recorded = self.recorder.recorded()
        everyone = self.course.students(self.assignment.name)
        self.summary.absent = sorted(self.recorder.enrolled() - set(everyone))
        fresh, unrecorded = [], []
        for student in students:
            key = self.results.key(student, self.submission(student))
            if rerun or key not in self.results:
                fresh.append(student)
            elif recorded.get(student) == key and self.results.load(key):
                self.summary.unchanged += 1
            else:
                unrecorded.append((student, key))
        self.total = len(fresh) + len(unrecorded)
        for student, key in unrecorded:
            if result := self.results.load(key):
                self.summary.from_cache += 1
                self._record(key, result)
            else:
                fresh.append(student)
        return fresh

    def tasks(self, students: list[str], sandbox: bool) -> Iterator[tuple[str, Task]]:
        """The work for each student; a submission without its notebook is settled here."""
        name = self.assignment.name
        instructor = self.course.solution(name).read_bytes()
        for student in students:
            content = self.submission(student)
            key = self.results.key(student, content)
            if content is None:
                reason = f"There is no notebook {name}.ipynb in this submission, or it cannot be read."
                self.keep(key, without_verdict(self.assignment, student, reason, FAILED, (reason,)))
            else:
                yield key, Task(student, name, instructor, content, hidden_seed(), sandbox, code_digest())

    def keep(self, key: str, result: Result) -> None:
        """Store a new result, then record it: a run that is killed in between finds it in the cache."""
        try:
            self.results.store(key, result)
        except OSError as error:
            raise _cannot_write(error, self.summary.graded) from error
        self.summary.graded += 1
        self.summary.without_verdict += not result.judged
        self._record(key, result)

    def _record(self, key: str, result: Result) -> None:
        content = self.submission(result.student)
        try:
            rebuilt = rebuild(content or b"", self.assignment)
        except Unusable:
            rebuilt = Rebuilt({}, ())
        try:
            self.recorder.add(key, result, rebuilt.sources, rebuilt.pictures)
        except OSError as error:
            raise _cannot_write(error, self.summary.graded) from error
        self.progress(self.summary.graded + self.summary.from_cache, self.total)


def _cannot_write(error: OSError, graded: int) -> UserError:
    mend = "make room" if error.errno in (errno.ENOSPC, errno.EDQUOT) else "mend that"
    return UserError(
        f"Writing failed ({failure(error)}); {mend}, then give the same command again. "
        f"{graded} submissions graded in this run are kept."
    )
