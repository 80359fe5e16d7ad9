"""Nothing that was graded is lost: not when the run is killed, the disk is full, or the gradebook is locked."""

import errno
import json
import os
import resource
import signal
import sqlite3
import subprocess
from pathlib import Path

import pytest
from test_grader_record import result
from tiny_course import HALF, NAME, PROJECT, RIGHT, SUM, command, environment, run, scores, submit, wait_until

from grader import cli, schedule
from grader.assignment import load_assignment
from grader.course import UserError, only_writer, write_atomically
from grader.result import Result
from grader.schedule import Results, grade_class, submission

pytestmark = [pytest.mark.sandbox, pytest.mark.usefixtures("bubblewrap")]

ANSWERS = (RIGHT, SUM, HALF)
POINTS = ({"test-mean": 5, "test-double": 2}, {"test-mean": 0, "test-double": 2}, {"test-mean": 5, "test-double": 0})


def make_class(course, size):
    """So many submissions, every third alike; the scores that they must get."""
    students = [f"student{number:03d}" for number in range(size)]
    for number, student in enumerate(students):
        submit(course, student, ANSWERS[number % 3])
    return {student: POINTS[number % 3] | {"derivation-mean": 0} for number, student in enumerate(students)}


def results(course):
    """The files of the cache: when each was written, by name."""
    return {path.name: path.stat().st_mtime_ns for path in (course.cache / NAME / "results").glob("*.json")}


def leftovers(course):
    """Files that were begun and not finished."""
    return [path for path in (course.root / "grader").rglob("*.unfinished")]


def sound(course):
    """The gradebook passes SQLite's own check, and has one submission a student."""
    with sqlite3.connect(course.root / "grader" / "gradebook.db") as book:
        assert book.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert book.execute("PRAGMA foreign_key_check").fetchall() == []
        students = book.execute("SELECT student_id FROM submitted_assignment").fetchall()
    assert len(students) == len(set(students))


def start(course, *options):
    """Begin to grade, in a process group of its own."""
    words = command(course, "grade", NAME, "--jobs", "2", *options)
    return subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment())


def descendants(pid):
    """The processes that a process has started, and those that they have."""
    found = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return found + [below for child in found for below in descendants(child)]


def test_a_killed_run_goes_on_where_it_stopped(course):
    expected = make_class(course, 60)
    for kept in (5, 25):
        process = start(course)
        wait_until(lambda kept=kept: len(results(course)) >= kept)
        below = descendants(process.pid)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        sound(course)
        wait_until(lambda below=below: not [pid for pid in below if os.path.exists(f"/proc/{pid}")], 20)
        for path in (course.cache / NAME / "results").glob("*.json"):
            Result.from_json(path.read_text())
        for path in (course.root / "grader" / "autograded").rglob("*.ipynb"):
            json.loads(path.read_text())
    before = results(course)
    output = run(course, "grade", NAME, "--jobs", "2")
    assert f"{60 - len(before)} graded" in output
    after = results(course)
    assert len(after) == 60
    assert {name: after[name] for name in before} == before, "what was graded before was graded again"
    assert scores(course) == expected
    assert leftovers(course) == []
    sound(course)
    assert "0 graded" in run(course, "grade", NAME)


def test_ctrl_c_says_so_and_the_same_command_goes_on(course):
    expected = make_class(course, 30)
    process = subprocess.Popen(
        command(course, "grade", NAME, "--jobs", "2"), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env=environment(), start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # ignored in a shell's background
    )  # fmt: skip
    wait_until(lambda: len(results(course)) >= 3)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to every process that it started
    output, _ = process.communicate(timeout=100)
    assert (process.returncode, output) == (
        130,
        "grader: stopped; what was graded is kept, and the same command goes on from there.\n",
    )
    before = results(course)
    assert 3 <= len(before) < 30
    assert f"{30 - len(before)} graded" in run(course, "grade", NAME, "--jobs", "2")
    assert {name: results(course)[name] for name in before} == before
    assert scores(course) == expected


def test_why_a_file_cannot_be_written_is_told_also_where_nothing_can_be_removed(tmp_path, monkeypatch):
    def fail(number):
        def failing(*_, **__):
            raise OSError(number, os.strerror(number))

        return failing

    monkeypatch.setattr(Path, "replace", fail(errno.ENOSPC))
    monkeypatch.setattr(Path, "unlink", fail(errno.EROFS))
    with pytest.raises(OSError, match="No space left"):
        write_atomically(tmp_path / "file", b"new")


def test_a_file_is_written_whole_or_not_at_all(tmp_path):
    target = tmp_path / "file"
    write_atomically(target, b"old")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        with pytest.raises(OSError, match="too large"):
            write_atomically(target, b"new" * 1000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


DISK = """set -e
mount -t tmpfs -o size=3m tmpfs {grader}/.cache
mkdir -p {grader}/.cache/{name}
head -c 4000000 /dev/zero > {grader}/.cache/ballast || truncate -s -64K {grader}/.cache/ballast
set +e
{grade} > {out}/first 2>&1; echo $? > {out}/code
find {grader} -name '*.unfinished' > {out}/leftovers
ls {grader}/.cache/{name}/results | wc -l > {out}/kept
rm {grader}/.cache/ballast
{grade} > {out}/second 2>&1
"""


def test_a_full_disk_is_told_and_loses_nothing(course, tmp_path):
    expected = make_class(course, 30)
    (course.cache / NAME).mkdir(parents=True)
    grade = " ".join(map(str, command(course, "grade", NAME, "--jobs", "2")))
    script = DISK.format(grader=course.root / "grader", name=NAME, grade=grade, out=tmp_path)
    alone = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--mount"]
    if subprocess.run([*alone, "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True).returncode:
        pytest.skip("a small disk cannot be mounted here")
    subprocess.run([*alone, "sh", "-c", script], env=environment(), timeout=400, check=True)
    first, second = (tmp_path / "first").read_text(), (tmp_path / "second").read_text()
    assert (tmp_path / "code").read_text().strip() == "1"
    assert "No space left on device" in first
    assert "Traceback" not in first
    assert (tmp_path / "leftovers").read_text() == ""
    kept = int((tmp_path / "kept").read_text())
    assert 0 < kept < 30
    assert f"{30 - kept} graded" in second
    assert scores(course) == expected


def test_a_gradebook_locked_midway_is_told_and_loses_nothing(course):
    expected = make_class(course, 30)
    process = subprocess.Popen(
        command(course, "grade", NAME, "--jobs", "2", "--patience", "1"),
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment(),
    )  # fmt: skip
    wait_until(lambda: results(course))
    other = sqlite3.connect(course.root / "grader" / "gradebook.db", timeout=30)
    other.execute("BEGIN IMMEDIATE")
    output, _ = process.communicate(timeout=300)
    other.rollback()
    other.close()
    assert process.returncode == 1
    assert "locked by another program" in output
    assert "Traceback" not in output
    assert len(results(course)) == 30
    assert "0 graded" in run(course, "grade", NAME)
    assert scores(course) == expected


def test_a_second_command_at_the_same_time_says_so_and_touches_nothing(course, tmp_path):
    path = submit(course, "anna")
    (tmp_path / "anna.ipynb").write_bytes(b"another version")
    with only_writer(course):
        for words in (["grade", NAME], ["collect", tmp_path / "anna.ipynb", NAME], ["feedback", NAME]):
            output = run(course, *words, code=1)
            assert f"Another command is at work on this course (process {os.getpid()}" in output
    assert b"another version" not in path.read_bytes()
    assert scores(course) == {}
    assert "1 graded" in run(course, "grade", NAME)


def test_a_damaged_result_in_the_cache_is_graded_again(course):
    submit(course, "anna")
    run(course, "grade", NAME)
    kept = Results(course, load_assignment(NAME, course.root))
    key = kept.key("anna", submission(course, "anna", NAME))
    assert kept.load(key).points == 7
    (kept.folder / f"{key}.json").write_text('{"student": "anna", "parts": [{"points"')
    (course.autograded("anna", NAME) / f"{NAME}.ipynb").unlink()
    assert "1 graded" in run(course, "grade", NAME)
    assert kept.load(key).points == 7


def of_anna(course):
    """Anna's result in the cache."""
    kept = Results(course, load_assignment(NAME, course.root))
    return kept.load(kept.key("anna", submission(course, "anna", NAME)))


@pytest.fixture
def verdicts(monkeypatch):
    """Grading without a process: seven points for everybody, and a fault of the grader's for whoever is in the set."""
    lost = set()

    def judge(task):
        if task.student in lost:
            raise RuntimeError("a fault")
        return result(task.student).to_json()

    monkeypatch.setattr(schedule, "grade_one", judge)
    return lost


def test_a_regrade_that_failed_is_tried_again_until_there_is_a_verdict(course, verdicts):
    submit(course, "anna")
    grade_class(course, NAME, ["anna"])
    verdicts.add("anna")
    for options in ({"rerun": True}, {}):
        assert grade_class(course, NAME, ["anna"], **options).without_verdict == 1
        assert scores(course)["anna"]["test-mean"] == 0
        assert of_anna(course).points == 0, "pages and the gradebook must say the same"
    verdicts.clear()
    summary = grade_class(course, NAME, ["anna"])
    assert (summary.graded, summary.without_verdict) == (1, 0)
    assert scores(course)["anna"]["test-mean"] == of_anna(course).parts[0].points == 5
    assert grade_class(course, NAME, ["anna"]).unchanged == 1
    assert len(list((course.cache / NAME / "results").iterdir())) == 1


def in_this_process(monkeypatch, course, *words):
    """Run `grader` here, where parts of it are replaced; its exit code."""
    monkeypatch.setattr("sys.argv", ["grader", "--course", str(course.root), *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return ended.value.code


def test_submissions_without_a_verdict_are_counted_and_end_the_command_with_an_error(
    course, verdicts, monkeypatch, capsys
):
    for student in ("anna", "bert", "carl"):
        submit(course, student)
    verdicts |= {"anna", "carl"}
    assert in_this_process(monkeypatch, course, "grade", NAME) == 1
    shown = capsys.readouterr()
    assert "3 graded" in shown.out
    assert "2 submissions got no verdict on some part or all, by a fault of the grader" in shown.err
    assert "give the same command again" in shown.err
    verdicts.clear()
    assert in_this_process(monkeypatch, course, "grade", NAME) == 0
    assert "2 graded" in capsys.readouterr().out


def test_feedback_that_lacks_pages_ends_with_an_error_and_the_report_says_whom_it_lacks(course, verdicts, monkeypatch):
    for student in ("anna", "bert"):
        submit(course, student)
    grade_class(course, NAME, ["anna", "bert"])
    submit(course, "carl", b"")
    grade_class(course, NAME, ["carl"])
    kept = Results(course, load_assignment(NAME, course.root))
    (kept.folder / f"{kept.key('anna', submission(course, 'anna', NAME))}.json").unlink()
    assert in_this_process(monkeypatch, course, "feedback", NAME) == 1
    assert (course.feedback("bert", NAME) / f"{NAME}.html").exists()
    assert in_this_process(monkeypatch, course, "report", NAME) == 0
    page = (course.root / "grader" / "report" / f"{NAME}.html").read_text()
    assert "Without 1 submissions whose results are not in grader/.cache" in page
    grade_class(course, NAME, ["anna"])
    assert in_this_process(monkeypatch, course, "feedback", NAME) == 0
    assert in_this_process(monkeypatch, course, "report", NAME) == 0
    assert "not in grader/.cache" not in (course.root / "grader" / "report" / f"{NAME}.html").read_text()


def exhausted(*_, **__):
    raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))


def full(*_, **__):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


MACHINE = "A grading process cannot be started .{}.: mend that, or take fewer --jobs, .* what was graded is kept"


@pytest.mark.parametrize(
    ("place", "fault", "words"),
    [
        ("grader.engine.subprocess.Popen", exhausted, "Resource temporarily unavailable"),
        ("grader.engine.socket.socketpair", exhausted, "Resource temporarily unavailable"),
        ("grader.schedule.tempfile.TemporaryDirectory", full, "No space left on device"),
    ],
)
def test_a_machine_that_cannot_start_a_worker_ends_the_run_and_costs_nobody_points(
    course, monkeypatch, place, fault, words
):
    submit(course, "anna")
    with monkeypatch.context() as judged:
        judged.setattr(schedule, "grade_one", lambda task: result(task.student).to_json())
        grade_class(course, NAME, ["anna"])
    with monkeypatch.context() as broken:
        broken.setattr(place, fault)
        with pytest.raises(UserError, match=MACHINE.format(words)):
            grade_class(course, NAME, ["anna"], rerun=True)
    assert scores(course)["anna"]["test-mean"] == of_anna(course).parts[0].points == 5


@pytest.mark.parametrize("call", ["os.fork", "tempfile.mkdtemp"])
def test_a_grading_process_that_cannot_make_others_ends_the_run_with_a_sentence(course, tmp_path, monkeypatch, call):
    lines = f"import os, tempfile\ndef fail(*_, **__):\n    raise OSError(11, os.strerror(11))\n{call} = fail\n"
    (tmp_path / "sitecustomize.py").write_text(lines)  # the sandbox inside has a path of its own
    submit(course, "anna")
    paths = [str(tmp_path), str(PROJECT), os.environ.get("PYTHONPATH", "")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, paths)))
    with pytest.raises(UserError, match=MACHINE.format("Resource temporarily unavailable")):
        grade_class(course, NAME, ["anna"])
    assert scores(course) == {}


@pytest.mark.parametrize("rest", [b"", b"\0" * 100, b'{"cells": ['], ids=["empty", "zeros", "torn"])
def test_files_that_a_power_cut_left_empty_or_torn_are_made_again(course, verdicts, rest):
    submit(course, "anna")
    grade_class(course, NAME, ["anna"])
    (file,) = (course.cache / NAME / "results").iterdir()
    file.write_bytes(rest)
    assert grade_class(course, NAME, ["anna"]).graded == 1
    assert of_anna(course).points == 7
    notebook = course.autograded("anna", NAME) / f"{NAME}.ipynb"
    notebook.write_bytes(rest)
    assert grade_class(course, NAME, ["anna"]).from_cache == 1
    assert json.loads(notebook.read_text())["cells"]
    assert grade_class(course, NAME, ["anna"]).unchanged == 1
