"""The same work on a Dask cluster: a real scheduler and two worker processes, one of which is killed midway."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from tiny_course import HALF, NAME, RIGHT, SUM, command, environment, run, scores, submit, wait_until

from grader import schedule
from grader.assignment import load_assignment
from grader.course import UserError

pytestmark = [pytest.mark.sandbox, pytest.mark.usefixtures("bubblewrap")]


@pytest.fixture
def cluster(tmp_path):
    """The scheduler's address file, and the processes of it and of two workers, in folders where no course lies."""
    (tmp_path / "elsewhere").mkdir()
    address = tmp_path / "scheduler.json"

    def start(kind, *options):
        words = [sys.executable, "-P", "-m", "distributed.cli." + kind, "--scheduler-file", address, "--no-dashboard"]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        return subprocess.Popen([*map(str, words), *options], cwd=tmp_path / "elsewhere", env=environment(), **quiet)

    processes = [start("dask_scheduler", "--host", "127.0.0.1", "--port", "0")]
    try:
        wait_until(address.exists)
        processes += [start("dask_worker", "--nthreads", "1", "--no-nanny") for _ in range(2)]
        yield address, processes
    finally:
        for process in reversed(processes):
            process.kill()
            process.wait()


def test_a_cluster_that_loses_a_worker_gives_every_submission_its_score(course, cluster):
    address, (_, *workers) = cluster
    answers, points = (RIGHT, SUM, HALF), ((5, 2), (0, 2), (5, 0))
    for number in range(18):
        submit(course, f"student{number:02d}", answers[number % 3])
    scheduler = json.loads(address.read_text())["address"]
    process = subprocess.Popen(
        command(course, "grade", NAME, "--scheduler", scheduler),
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment(),
    )  # fmt: skip
    wait_until(lambda: len(list((course.cache / NAME / "results").glob("*.json"))) >= 4)
    workers[0].kill()
    output, _ = process.communicate(timeout=300)
    assert process.returncode == 0, output
    assert "18 graded" in output
    assert "Needs review" not in output
    assert len(list((course.cache / NAME / "results").glob("*.json"))) == 18
    found = {student: (parts["test-mean"], parts["test-double"]) for student, parts in scores(course).items()}
    assert found == {f"student{number:02d}": points[number % 3] for number in range(18)}
    assert "0 graded" in run(course, "grade", NAME), "one machine and a cluster must keep their results alike"


def test_a_cluster_that_loses_every_worker_is_reported_and_what_was_graded_is_kept(course, cluster, monkeypatch):
    address, (_, *workers) = cluster
    monkeypatch.setattr(schedule, "WITHOUT_WORKERS", 2)
    scheduler = json.loads(address.read_text())["address"]
    submit(course, "anna", RIGHT)
    schedule.grade_class(course, NAME, ["anna"], scheduler=scheduler)
    submit(course, "bert", RIGHT)
    for worker in workers:
        worker.kill()
    with pytest.raises(UserError, match="no worker for 2 seconds. Start workers and give the same command again"):
        schedule.grade_class(course, NAME, ["anna", "bert"], scheduler=scheduler)
    assert set(scores(course)) == {"anna"}
    assert "1 graded" in run(course, "grade", NAME)


def test_a_cluster_whose_scheduler_dies_is_reported_and_what_was_graded_is_kept(course, cluster):
    address, (head, *_) = cluster
    scheduler = json.loads(address.read_text())["address"]
    for number in range(18):
        submit(course, f"student{number:02d}", RIGHT)
    process = subprocess.Popen(
        command(course, "grade", NAME, "--scheduler", scheduler),
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment(),
    )  # fmt: skip
    wait_until(lambda: len(list((course.cache / NAME / "results").glob("*.json"))) >= 4)
    head.kill()
    output, _ = process.communicate(timeout=300)
    assert process.returncode == 1, output
    assert "The Dask scheduler went away" in output
    assert "Traceback" not in output
    right = {"test-mean": 5, "test-double": 2}
    kept = scores(course)
    assert 4 <= len(kept) < 18
    assert f"{18 - len(kept)} graded" in run(course, "grade", NAME)
    assert len(scores(course)) == 18
    assert all(right.items() <= parts.items() for parts in scores(course).values())


def test_a_worker_with_another_version_of_the_grader_judges_nothing_and_ends_the_run_with_a_sentence(course):
    task = schedule.Task("anna", NAME, b"", b"", 0, True, "the digest of another version")
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(schedule.grade_one, task)
        with pytest.raises(UserError, match="another version of it, .*; install the same version there"):
            schedule.outcome(future, load_assignment(NAME, course.root), "anna")
