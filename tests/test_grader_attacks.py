"""One class with ten honest students and every attack of `attacks.py`, graded by `grader grade` in the sandbox."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import attacks
import engine_course
import pytest
import tiny_course
from conftest import require
from engine_course import ANSWERS, NAME, POINTS, SECRETS, TOTAL

from grader.engine import Worker
from grader.process import IMPOSTOR, SandboxError
from grader.result import Result
from grader.sandbox import NO_BUBBLEWRAP, _bubblewrap, why_not
from grader.schedule import grade_class

pytestmark = [pytest.mark.sandbox, pytest.mark.xdist_group("attacks")]

HONEST = [{}, {}, {"why": "I do not know."}] + [{name: attacks.WRONG[name]} for name in ANSWERS] + [attacks.WRONG, {}]
NAMES = ["Ünï cödé 学生", "dots.and.more", "with space"]
ENVIRONMENT_SECRET = "environment_secret"


def honest_worth(answers):
    return TOTAL - sum(POINTS[name] for name in answers if name in POINTS)


class Listener:
    """Listens on the loopback of this machine, for those who want to get out."""

    def __init__(self):
        self.calls = []
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        self.abstract = socket.socket(socket.AF_UNIX)
        self.abstract.bind(f"\0grader-test-{self.port}")
        self.abstract.listen()
        for server in (self.server, self.abstract):
            threading.Thread(target=self.listen, args=(server,), daemon=True).start()

    def listen(self, server):
        while True:
            try:
                self.calls.append(server.accept())
            except OSError:
                return

    def close(self):
        self.server.close()
        self.abstract.close()


class Graded:
    """The class after grading: course, results by student, scores in the gradebook, what the command printed."""

    def __init__(self, folder):
        self.course = engine_course.make_course(folder / "course")
        listener = Listener()
        self.attacks = attacks.attacks(self.course.root, listener.port)
        students = {f"honest-{number}": answers for number, answers in enumerate(HONEST)}
        self.students = {name: engine_course.submission(answers) for name, answers in students.items()}
        self.students |= self.attacks | {name: engine_course.submission() for name in NAMES}
        for student, content in self.students.items():
            path = self.course.submitted(student, NAME) / f"{NAME}.ipynb"
            path.parent.mkdir(parents=True)
            path.write_bytes(content)
        os.environ["GRADER_TEST"] = ENVIRONMENT_SECRET
        self.printed = tiny_course.run(self.course, "grade", NAME, "--jobs", "2", timeout=900)
        del os.environ["GRADER_TEST"]
        self.calls = listener.calls
        listener.close()
        found = [Result.from_json(json.dumps(one)) for one in cached(self.course)]
        self.results = {result.student: result for result in found}
        self.scores = scores(self.course)


def cached(course):
    files = [path for path in (course.cache / NAME).rglob("*") if path.parent.name == "results"]
    return [json.loads(path.read_text()) for path in files]


def scores(course):
    """Each student's automatic points, as the gradebook has them."""
    from grader.record import open_gradebook

    with open_gradebook(course) as gradebook:
        return {
            submission.student.id: sum(
                grade.score for grade in submission.notebooks[0].grades if grade.auto_score is not None
            )
            for submission in gradebook.assignment_submissions(NAME)
        }


@pytest.fixture(scope="module")
def graded(tmp_path_factory, cache):
    require("bwrap", "the sandbox cannot be tested (Debian: apt-get install bubblewrap)")
    os.environ["CHAINRULE_CACHE"] = str(cache)
    return Graded(tmp_path_factory.mktemp("attacks"))


ALL = sorted(attacks.attacks("/course", 9))


def test_everyone_is_graded(graded):
    assert set(graded.results) == set(graded.scores) == set(graded.students)


@pytest.mark.parametrize("number", range(len(HONEST)))
def test_honest_classmates_lose_nothing(graded, number):
    result = graded.results[f"honest-{number}"]
    assert result.points == graded.scores[result.student] == honest_worth(HONEST[number])
    assert result.needs_review == ""


@pytest.mark.parametrize("name", NAMES)
def test_students_with_unusual_names_are_graded(graded, name):
    assert graded.scores[name] == TOTAL


@pytest.mark.parametrize("attack", ALL)
def test_no_attack_scores_above_its_worth(graded, attack):
    result, worth = graded.results[attack], attacks.WORTH.get(attack, 0)
    assert result.points == graded.scores[attack] == worth, [part.message for part in result.parts]


@pytest.mark.parametrize("attack", ALL)
def test_every_attacker_and_the_instructor_are_told_why(graded, attack):
    for part in graded.results[attack].parts:
        if part.points < part.max_points:
            assert part.message.strip()
            assert part.detail.strip()
            assert part.verdict == "failed"


@pytest.mark.parametrize("attack", ALL)
def test_nothing_secret_reaches_a_students_words_or_outputs(graded, attack):
    result = graded.results[attack]
    told = json.dumps([result.outputs, result.notes, [part.message for part in result.parts]])
    secrets = [*SECRETS, ENVIRONMENT_SECRET, "escaped'"]
    assert not [secret for secret in secrets if secret in told]
    assert "FOUND" not in told
    assert "31." not in told  # the hidden inputs of the mean lie around 31
    assert len(told) < 1_000_000


def test_attempts_to_start_processes_fail(graded):
    for attack in ("forks without end", "starts threads without end"):
        assert graded.results[attack].outputs["mean"][-1]["text"] == "children: 0\n"
    assert graded.results["kills everybody"].needs_review == ""  # even its own process lived on


def test_a_folder_to_write_in_is_there_and_small(graded):
    assert "wrote here I may" in str(graded.results["writes outside its folder"].outputs)
    assert "OSError after" in str(graded.results["fills the disk"].outputs)


def test_work_is_counted_whichever_process_does_it(graded):
    assert "ran longer" in graded.results["wakes a process that stands still to work for it"].parts[0].message
    assert graded.results["changes places with its copy"].parts[0].message == IMPOSTOR


def test_nothing_got_out(graded):
    assert graded.calls == []
    assert not list(graded.course.root.rglob("*escaped*"))


@pytest.mark.parametrize("attack", ["never ends", "never ends and ignores interrupts", "never ends in C"])
def test_an_endless_cell_is_stopped_and_named(graded, attack):
    assert any("ran longer than 2 seconds" in note for note in graded.results[attack].notes)


def test_fatal_submissions_are_listed_for_review_unless_only_a_figure_was_lost(graded):
    for attack in ("ends its process", "crashes", "never ends and ignores interrupts", "empty file"):
        assert graded.results[attack].needs_review
    after = ("cell 'show'", "The cell 'show'")  # it comes after all tests: what those say was not touched by its end
    listed = [n for n, one in graded.results.items() if one.needs_review and not one.needs_review.startswith(after)]
    assert f"Needs review ({len(listed)})" in graded.printed
    assert not [name for name in listed if f"\n  {name}: " not in graded.printed]


def test_memory_is_limited(graded):
    assert max(result.peak_memory_bytes for result in graded.results.values()) < 4 << 30
    assert "MemoryError" in str(graded.results["takes 8 GB"].outputs)


def test_no_process_outlives_the_run(graded):
    left = subprocess.run(["ps", "-eo", "pid,args"], capture_output=True, text=True, check=True).stdout
    assert str(graded.course.root) not in left
    assert "sleep 1000" not in left


def test_the_sandbox_has_the_helper_package_that_the_judge_uses_also_where_it_is_not_installed(
    tmp_path, cache, monkeypatch, bubblewrap
):
    package = shutil.copytree(tiny_course.PROJECT / "course" / "chainrule", tmp_path / "here" / "chainrule")
    with (package / "__init__.py").open("a") as file:
        file.write("\nMARK = 'the copy'\n")
    path = [str(tmp_path / "here"), str(tiny_course.PROJECT)]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(path))
    monkeypatch.setenv("CHAINRULE_CACHE", str(cache))
    course = engine_course.make_course(tmp_path / "course")
    answer = engine_course.ANSWERS["mean"] + "\nimport chainrule\nprint(chainrule.MARK)"
    for sandbox in (True, False):
        with Worker(course.root, sandbox=sandbox) as worker:
            result = worker.grade(engine_course.submission({"mean": answer}), engine_course.NAME, "ada")
        assert result.outputs["mean"][0]["text"] == "the copy\n"


def test_a_sandbox_without_software_or_namespaces_says_which_of_the_two():
    assert "`make test` once" in why_not("ModuleNotFoundError: No module named 'chainrule'")
    assert "user namespaces" in why_not("bwrap: No permissions to create new namespace")


def test_without_bubblewrap_it_refuses_in_one_sentence(tmp_path, cache, monkeypatch):
    monkeypatch.setenv("CHAINRULE_CACHE", str(cache))
    course = engine_course.make_course(tmp_path / "course")
    tiny_course.submit(course, "ada")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert tiny_course.run(course, "grade", tiny_course.NAME, code=1) == f"grader: {NO_BUBBLEWRAP}\n"
    assert tiny_course.scores(course) == {}
    assert tiny_course.run(course, "grade", tiny_course.NAME, "--no-sandbox")


def test_the_exchange_in_its_usual_place_is_hidden_from_students_code(monkeypatch, bubblewrap):
    folder = f"{sys.prefix}/share"
    assert os.listdir(folder)
    monkeypatch.setattr("grader.sandbox.HIDDEN_FOLDERS", (folder, "/no/such/folder"))
    command = [*_bubblewrap(), sys.executable, "-c", f"import os; print(os.listdir({folder!r}))"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "[]\n"


def test_copies_that_wait_for_their_tests_keep_no_more_memory_together_than_one_process_may(
    tmp_path, cache, monkeypatch, bubblewrap
):
    monkeypatch.setenv("CHAINRULE_CACHE", str(cache))
    limits = engine_course.LIMITS | {"memory_bytes": 1 << 30}
    course = engine_course.make_course(tmp_path / "course", limits=limits)
    hoard = "kept = None\nkept = np.ones(30_000_000)\n"  # 240 MB, other ones before each test
    answers = {name: hoard + answer for name, answer in engine_course.ANSWERS.items()}
    with Worker(course.root) as worker:
        result = worker.grade(engine_course.submission(answers), engine_course.NAME, "ada")
    assert "Your code keeps more memory than is allowed." in result.needs_review
    assert 0 < result.points < engine_course.TOTAL


def test_a_course_in_a_folder_that_students_code_can_read_is_refused(tmp_path, monkeypatch):
    course = engine_course.make_course(tmp_path / "course")
    monkeypatch.setattr("grader.sandbox.SYSTEM_FOLDERS", (str(tmp_path),))
    for refused in (Worker, lambda root: grade_class(course, tiny_course.NAME, [])):
        with pytest.raises(SandboxError, match="which students' code can read: move it elsewhere"):
            refused(course.root)


@pytest.mark.skipif(
    os.geteuid() != 0, reason="only root can become another user; all tests above ran as an ordinary one"
)
def test_the_limits_hold_for_an_ordinary_user_too(bubblewrap, cache):
    """The engine as the user `nobody`, in a mount namespace where that user can read this Python."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        engine_course.make_course(folder / "course")
        shutil.copytree(cache, folder / "cache")
        (folder / "home").mkdir()
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o777 if path.is_dir() else 0o666)
        done = subprocess.run(
            ["unshare", "--mount", "sh", "-ec", BECOME_NOBODY, "sh", sys.executable, AS_NOBODY],
            env=as_nobody(folder), capture_output=True, text=True, timeout=300, cwd=folder,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    user, *results = json.loads(done.stdout)
    honest, forks, threads, memory, called = (Result.from_json(text) for text in results)
    assert user == 65534
    assert (honest.points, honest.needs_review) == (TOTAL, "")
    assert [forks.outputs["mean"][0]["text"], threads.outputs["mean"][0]["text"]] == ["children: 0\n"] * 2
    assert "MemoryError" in str(memory.outputs["mean"])
    assert [part.points for part in called.parts] == [0] * 5


def as_nobody(folder):
    """The environment of the ordinary user, with what the shell script and the Python program below need."""
    closed = [str(path) for path in Path(sys.base_prefix).parents if not path.stat().st_mode & 0o001]
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder / "home"),
        "CHAINRULE_CACHE": str(folder / "cache"),
        "PYTHONPATH": os.pathsep.join((str(tiny_course.PROJECT), str(Path(__file__).parent))),
        "PYTHONDONTWRITEBYTECODE": "1",
        "BASE": sys.base_prefix,
        "CLOSED": closed[-1] if closed else "",
        "SPARE": str(folder / "home"),
    }


# A folder above this Python may be closed to others (/root): put an open one in its place, with only Python in it.
BECOME_NOBODY = """
if [ -n "$CLOSED" ]; then
    mount --bind "$BASE" "$SPARE"
    mount -t tmpfs -o mode=755 none "$CLOSED"
    mkdir -p "$BASE"
    mount --move "$SPARE" "$BASE" 2>/dev/null || mount --bind "$SPARE" "$BASE"
    umount "$SPARE" 2>/dev/null || true
fi
exec setpriv --reuid=65534 --regid=65534 --clear-groups "$1" -c "$2"
"""
AS_NOBODY = """
import json, os, pathlib
import attacks, engine_course
from grader.engine import Worker
course = pathlib.Path("course").absolute()
found = attacks.attacks(course, 9)
names = ("forks without end", "starts threads without end", "takes 8 GB", "8 GB")
with Worker(course) as worker:
    sources = [engine_course.submission(), *(found[name] for name in names)]
    results = [worker.grade(source, engine_course.NAME, "ada").to_json() for source in sources]
print(json.dumps([os.getuid(), *results]))
"""
