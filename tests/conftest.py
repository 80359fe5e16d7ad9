"""What all tests share: an offline environment with a cache of its own, and the rule for tests that need a program."""

import os
import shutil
import sys

import hypothesis
import pytest

hypothesis.settings.register_profile("same every time", derandomize=True)
hypothesis.settings.load_profile("same every time")
for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(threads, "1")  # tests run in parallel, a core each

# Students work on Windows, graders do not: what imports the grader has nothing to test there.
collect_ignore_glob = ["test_grader_*", "test_assignment*", "test_writing_*"] if sys.platform == "win32" else []


@pytest.fixture(scope="session")
def cache(tmp_path_factory, worker_id):
    """A cache folder that the tests of this run share, with the offline digits in it."""
    root = tmp_path_factory.getbasetemp() if worker_id == "master" else tmp_path_factory.getbasetemp().parent
    folder = root / "chainrule-cache"
    patch = pytest.MonkeyPatch()
    with patch.context() as context:
        context.setenv("CHAINRULE_CACHE", str(folder))
        from chainrule.data import load_mnist

        load_mnist("small")
    return folder


@pytest.fixture
def offline(monkeypatch, cache):
    """No network, no full MNIST: what a student on a train has."""
    monkeypatch.setenv("CHAINRULE_CACHE", str(cache))
    monkeypatch.delenv("CHAINRULE_DATA", raising=False)
    for variable in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(variable, "http://127.0.0.1:9")  # nobody listens there


def require(program, why):
    """Skip a test where a program is missing; in CI on Linux, where it must be there, fail."""
    path = shutil.which(program)
    if path is None:
        message = f"{program} is not installed: {why}"
        must = os.environ.get("CI") == "true" and sys.platform == "linux"
        pytest.fail(message) if must else pytest.skip(message)
    return path


@pytest.fixture
def bubblewrap():
    """The path of bubblewrap."""
    return require("bwrap", "the sandbox cannot be tested (Debian: apt-get install bubblewrap)")


@pytest.fixture(scope="module")
def browser():
    """Headless Chromium."""
    from playwright.sync_api import sync_playwright

    path = require("chromium", "nothing can be tested in a browser (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def released_course(tmp_path_factory):
    """The folder of a tiny course whose assignment is released; not to be changed."""
    import tiny_course

    from grader.release import release

    course = tiny_course.make_course(tmp_path_factory.mktemp("released") / "course")
    release(course, tiny_course.NAME)
    return course.root


@pytest.fixture
def course(released_course, tmp_path):
    """A tiny course of one's own, its assignment released, nothing handed in."""
    from grader.course import Course

    shutil.copytree(released_course, tmp_path / "course")
    return Course.find(tmp_path / "course")
