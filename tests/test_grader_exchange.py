"""nbgrader's own exchange and formgrader around this grader: what they give is taken, what they want is there."""

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import nbformat
import pytest
from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange.default import (
    ExchangeFetchAssignment,
    ExchangeFetchFeedback,
    ExchangeReleaseAssignment,
    ExchangeReleaseFeedback,
    ExchangeSubmit,
)
from tiny_course import HALF, NAME, RIGHT, environment, run, scores, submit
from traitlets.config import Config

pytestmark = [pytest.mark.sandbox, pytest.mark.usefixtures("bubblewrap")]


class Someone:
    """Somebody with a folder of their own who uses the exchange through nbgrader."""

    def __init__(self, exchange, home, name, config=None):
        self.home, self.config = home, Config(config or {})
        self.config.CourseDirectory.course_id = "from-the-perceptron-to-mnist"
        self.config.Exchange.root = str(exchange)
        self.config.Exchange.cache = str(home / "cache")
        self.config.Exchange.assignment_dir = str(home)
        if name:
            self.config.CourseDirectory.student_id = name
        home.mkdir(exist_ok=True)

    def does(self, step):
        """Take one step through the exchange."""
        directory = CourseDirectory(config=self.config)
        directory.assignment_id = NAME
        step(coursedir=directory, authenticator=Authenticator(config=self.config), config=self.config).start()

    def answers(self, sources):
        """Fill in the notebook that was fetched."""
        path = self.home / NAME / f"{NAME}.ipynb"
        notebook = nbformat.read(path, as_version=4)
        for cell in notebook.cells:
            cell.source = sources.get(cell.id, cell.source)
        nbformat.write(notebook, path)


def test_the_whole_loop_of_the_exchange_with_two_students(course, tmp_path):
    exchange = tmp_path / "exchange"
    exchange.mkdir()
    exchange.chmod(0o777)
    instructor = Someone(exchange, course.root, None, course.config)
    anna, bert = (Someone(exchange, tmp_path / name, name) for name in ("anna", "bert"))
    instructor.does(ExchangeReleaseAssignment)
    for student, sources in ((anna, RIGHT), (bert, HALF)):
        student.does(ExchangeFetchAssignment)
        student.answers(sources)
        student.does(ExchangeSubmit)
    assert "2 collected: 2 new" in run(course, "collect", exchange / "from-the-perceptron-to-mnist" / "inbound", NAME)
    run(course, "grade", NAME)
    assert scores(course)["anna"] == {"test-mean": 5, "test-double": 2, "derivation-mean": 0}
    assert scores(course)["bert"] == {"test-mean": 5, "test-double": 0, "derivation-mean": 0}
    run(course, "feedback", NAME)
    instructor.does(ExchangeReleaseFeedback)
    for student, points in ((anna, "7 of 10 points"), (bert, "5 of 10 points")):
        student.does(ExchangeFetchFeedback)
        [page] = (student.home / NAME / "feedback").rglob(f"{NAME}.html")
        assert points in page.read_text()


@pytest.fixture
def formgrader(course):
    """A Jupyter server with formgrader on the course; gives a function that asks it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = {"port": port, "token": "secret", "open_browser": False, "allow_root": True, "root_dir": course.root}
    words = [f"--ServerApp.{name}={value}" for name, value in options.items()]
    home = course.root.parent / "home"
    private = {name: str(home / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")}
    server = subprocess.Popen(
        [sys.executable, "-P", "-m", "jupyter_server", *words],
        cwd=course.root, env=environment(course) | private,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip

    def ask(path, body=None, method=None):
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/{path}",
            data=None if body is None else json.dumps(body).encode(),
            method=method or ("GET" if body is None else "PUT"),
            headers={"Authorization": "token secret", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=120) as answer:
            return answer.read().decode()

    try:
        end = time.monotonic() + 240
        while True:
            try:
                ask("api/status")
                break
            except (urllib.error.URLError, ConnectionError):
                assert server.poll() is None, "the server ended"
                assert time.monotonic() < end, "the server does not answer"
                time.sleep(0.2)
        yield ask
    finally:
        server.terminate()
        server.wait(timeout=20)


def test_formgrader_opens_the_gradebook_and_what_it_saves_survives_a_regrade(course, formgrader):
    submit(course, "anna", RIGHT)
    submit(course, "Bert O'Neil", HALF | {"derivation-mean": "<script>alert(1)</script>"})
    run(course, "grade", NAME)
    listed = {one["student"]: one for one in json.loads(formgrader(f"formgrader/api/submissions/{NAME}"))}
    assert listed["anna"]["code_score"] == 7
    assert listed["anna"]["needs_manual_grade"]
    pages = json.loads(formgrader(f"formgrader/api/submitted_notebooks/{NAME}/{NAME}"))
    notebooks = {page["student"]: page["id"] for page in pages}
    page = formgrader(f"formgrader/submissions/{notebooks['anna']}/")
    for words in ("derivation-mean", "3 points for 1/R", "test-mean", "The derivative of the mean"):
        assert words in page
    identity = notebooks["Bert O'Neil"]
    assert "<script>alert(1)" not in formgrader(f"formgrader/submissions/{identity}/")
    grades = json.loads(formgrader(f"formgrader/api/grades?submission_id={notebooks['anna']}"))
    derivation = next(grade for grade in grades if grade["name"] == "derivation-mean")
    formgrader(f"formgrader/api/grade/{derivation['id']}", {"manual_score": 2.5})
    submit(course, "anna", HALF)
    assert "1 graded" in run(course, "grade", NAME)
    assert scores(course)["anna"] == {"test-mean": 5, "test-double": 0, "derivation-mean": 2.5}


def test_formgraders_autograde_refuses_in_a_sentence_and_changes_nothing(course, formgrader, tmp_path):
    spy = f"\nopen({str(tmp_path / 'spied')!r}, 'w')"
    submit(course, "anna", HALF | {"mean": RIGHT["mean"] + spy})
    run(course, "grade", NAME)
    graded = course.autograded("anna", NAME) / f"{NAME}.ipynb"
    before = scores(course), graded.read_bytes()
    answer = json.loads(formgrader(f"formgrader/api/submission/{NAME}/anna/autograde", {}, "POST"))
    assert answer["success"] is False
    assert f"use `grader grade {NAME}`" in answer["log"]
    assert (scores(course), graded.read_bytes()) == before
    assert not (tmp_path / "spied").exists()
