"""The grading process: warm, single-threaded, with its sandbox; it forks a judge for each submission.

`engine.Worker` starts it as ``python -m grader.worker`` and speaks to it over file descriptor 0. The judge parses the
submission, runs the tests and sends the results; if it hangs or dies, this process says so and goes on.
"""

import os
import resource
import select
import signal
import socket
import sys
import time
import traceback
from pathlib import Path

from grader import confine
from grader.assignment import AssignmentError, load_assignment
from grader.judge import namespaces
from grader.process import PATIENCE, Limits, SandboxError, cannot_start
from grader.rebuild import Unusable, rebuild
from grader.result import FAILED, NO_VERDICT
from grader.run import Run, without_verdict
from grader.sandbox import Sandbox
from grader.wire import Channel

JUDGE_MEMORY_BYTES = 4 << 30
JUDGE_GRACE_SECONDS = 20.0
AGAIN = 75  # the judge's exit code when the sandbox's warm parent has died


def main():
    """Serve jobs until the other end closes."""
    channel = Channel(socket.socket(fileno=os.dup(0)), 1 << 30)
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1):
        os.dup2(null, standard)
    settings = channel.receive()[0]
    try:
        _warm_up()
        sandbox = Sandbox(settings["sandbox"])
    except SandboxError as error:
        channel.send({"failed": str(error)})
        return
    except OSError as error:
        channel.send({"failed": str(cannot_start(error))})
        return
    channel.send({"ready": os.getpid()})
    while True:
        try:
            job, source, _, _ = channel.receive()
        except EOFError:
            break
        try:
            sandbox = _do(channel, sandbox, job, source)
        except SandboxError as error:  # the machine's fault and nobody's work: the run must end
            channel.send({"failed": str(error)})
            break
    sandbox.close()


def _warm_up():
    import matplotlib.pyplot
    import nbgrader.preprocessors  # noqa: F401

    from chainrule import check  # noqa: F401

    matplotlib.pyplot.switch_backend("agg")


def _do(channel: Channel, sandbox: Sandbox, job: dict, source: bytes) -> Sandbox:
    """Fork a judge for one job and see that it ends; returns the sandbox for the next one."""
    try:
        assignment = load_assignment(job["assignment"], Path(job["root"]))
        namespaces(assignment)  # what setup cells load is loaded once, before the fork
    except AssignmentError as error:
        channel.send({"error": str(error)})
        return sandbox
    for _attempt in range(2):
        code = _judge_in_fork(channel, sandbox, assignment, job, source)
        if code != AGAIN:
            break
        sandbox.close()
        sandbox = Sandbox(sandbox.isolate)
    if code != 0:
        reason = "the grader took too long" if code == -signal.SIGKILL else f"the grader failed (exit code {code})"
        results = [without_verdict(assignment, job["student"], reason, NO_VERDICT) for _ in job["seeds"]]
        channel.send({"results": [result.to_json() for result in results]})
    return sandbox


def _judge_in_fork(channel, sandbox, assignment, job, source) -> int:
    limits = Limits(**job["limits"]) if job["limits"] else assignment.limits
    try:
        child = os.fork()
    except OSError as error:
        raise cannot_start(error) from error
    if child == 0:
        code = 1
        try:
            confine.die_with_parent()
            code = _judge(channel, sandbox, assignment, job, source, limits)
        finally:
            os._exit(code)
    process = os.pidfd_open(child)
    hung_up = select.poll()
    hung_up.register(process, select.POLLIN)
    hung_up.register(channel.connection, select.POLLRDHUP)
    ended = dict(hung_up.poll((PATIENCE * limits.total_seconds + JUDGE_GRACE_SECONDS) * 1000))
    if process not in ended:
        os.kill(child, signal.SIGKILL)
    os.close(process)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if channel.connection.fileno() in ended:
        sys.exit(0)
    return code


def _judge(channel, sandbox, assignment, job, source, limits) -> int:
    """In the fork: grade one submission and send the results."""
    resource.setrlimit(resource.RLIMIT_AS, (JUDGE_MEMORY_BYTES, JUDGE_MEMORY_BYTES))
    start = time.monotonic()
    try:
        rebuilt = rebuild(source, assignment)
        run = Run(assignment, rebuilt, sandbox, limits, job["seeds"], frozenset(job["skip"]))
        results = run.results(job["student"])
    except Unusable as reason:
        results = [
            without_verdict(assignment, job["student"], str(reason), FAILED, (str(reason),)) for _ in job["seeds"]
        ]
    except SandboxError:
        return AGAIN
    except Exception as error:
        where = traceback.format_exception(error, limit=-3)
        reason = f"the grader failed after {time.monotonic() - start:.0f} s: {''.join(where)}"
        results = [without_verdict(assignment, job["student"], reason, NO_VERDICT) for _ in job["seeds"]]
    channel.send({"results": [result.to_json() for result in results]})
    return 0


if __name__ == "__main__":
    main()
