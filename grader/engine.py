"""The grading engine's front: `Worker` keeps a warm grading process."""

import os
import socket
import subprocess
import sys
import threading
import time
from dataclasses import asdict
from pathlib import Path

from grader.assignment import AssignmentError, load_assignment
from grader.process import SandboxError, cannot_start
from grader.result import NO_VERDICT, Result
from grader.run import without_verdict
from grader.sandbox import ONE_THREAD, keep_apart
from grader.wire import Channel, WireError

# The grading process keeps its own, shorter times; these are for a machine that hangs.
START_SECONDS, JOB_SECONDS = 120.0, 3600.0


class Worker:
    """A warm grading process with its sandbox; grades one submission at a time. Use it as a context manager.

    Parameters
    ----------
    root : Path
        The folder with solutions/ in it.
    sandbox : bool
        False runs students' code unprotected.

    Raises
    ------
    SandboxError
        If students' code could read the folder, or, on first use, if there is no sandbox to be had.
    """

    def __init__(self, root: Path, *, sandbox: bool = True):
        self.root, self.sandbox = root, sandbox
        if sandbox:
            keep_apart(root)
        self.process, self.channel = None, None
        self.deadline = 0.0
        self.lock = threading.Lock()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def grade(self, source: bytes, assignment: str, student: str, *, seed: int = 0, limits=None) -> Result:
        """Grade one submission.

        Parameters
        ----------
        source : bytes
            The submitted file, as it came.
        assignment, student : str
            Names; the student's is only copied into the result.
        seed : int
            Seed of the hidden tests.
        limits : Limits, optional
            What the submission may use; by default what the assignment says.

        Returns
        -------
        Result
            Always; a grader that fails gives zero, no verdict, and a reason for review.

        Raises
        ------
        AssignmentError
            If the instructor's notebook cannot be used.
        SandboxError
            If there is no sandbox, or the machine cannot start another process.
        """
        return self.grade_seeds(source, assignment, student, [seed], limits=limits)[0]

    def grade_seeds(
        self, source: bytes, assignment: str, student: str, seeds: list[int], *, limits=None, skip=frozenset()
    ) -> list[Result]:
        """Grade one submission once for each seed: its cells run once, each test in a fork of its own for each seed.

        ``skip`` names cells (demos, tests) that need not run. Otherwise as `grade`.
        """
        job = {"assignment": assignment, "student": student, "seeds": list(seeds), "skip": sorted(skip)}
        job |= {"limits": limits and asdict(limits), "root": str(self.root)}
        with self.lock:
            for _attempt in range(2):
                reply = self._ask(job, source)
                if reply is not None:
                    break
        if reply is None:
            lost = load_assignment(assignment, self.root)
            return [without_verdict(lost, student, "the grading process died twice", NO_VERDICT) for _ in seeds]
        if "failed" in reply:
            self.close()
            raise SandboxError(reply["failed"])
        if "error" in reply:
            raise AssignmentError(reply["error"])
        return [Result.from_json(text) for text in reply["results"]]

    def _ask(self, job: dict, source: bytes) -> dict | None:
        """Send a job to the grading process and wait; None if the process died over it."""
        if self.process is None:
            self._start()
        try:
            self.deadline = time.monotonic() + JOB_SECONDS
            self.channel.send(job, (source,))
            return self.channel.receive()[0]
        except (EOFError, OSError, WireError):
            self.close()
            return None

    def _start(self):
        environment = {**os.environ, **ONE_THREAD, "MPLBACKEND": "agg"}
        arguments = [sys.executable, "-P", "-m", "grader.worker"]
        try:
            ours, theirs = socket.socketpair()
            with theirs:
                # in a session of its own: Ctrl-C is for the command, which then ends this process
                self.process = subprocess.Popen(
                    arguments, stdin=theirs, stdout=subprocess.DEVNULL, env=environment, start_new_session=True
                )
        except OSError as error:
            raise cannot_start(error) from error
        self.channel = Channel(ours, 1 << 30, self._wait)
        self.deadline = time.monotonic() + START_SECONDS
        try:
            self.channel.send({"sandbox": self.sandbox})
            hello = self.channel.receive()[0]
        except (EOFError, OSError) as error:
            self.close()
            raise SandboxError("the grading process did not start; its own words are above") from error
        if "failed" in hello:
            self.close()
            raise SandboxError(hello["failed"])

    def _wait(self, connection: socket.socket, writing: bool):
        connection.settimeout(max(0.01, self.deadline - time.monotonic()))

    def close(self):
        """End the grading process and everything below it."""
        if self.process is not None:
            self.channel.connection.close()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process = None
