"""Collecting: every student's notebook is found, whatever the archive looks like, and nothing else is touched."""

import io
import json
import os
import zipfile
from datetime import UTC, datetime

import pytest
from tiny_course import HALF, NAME, RIGHT, answered, run

from grader import collect as collecting
from grader.collect import collect, safe_student_id
from grader.course import UserError

pytestmark = pytest.mark.filterwarnings("ignore:Duplicate name")


def archive(path, members):
    """A zip archive from names and contents; a value of (bytes, date) sets the member's time."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members:
            data, date = content if isinstance(content, tuple) else (content, (2026, 5, 1, 12, 0, 0))
            info = zipfile.ZipInfo(name, date)
            file.writestr(info, data, zipfile.ZIP_DEFLATED)
    return path


def handed_in(course):
    """What lies in grader/submitted: each student's notebook."""
    return {
        student: (course.submitted(student, NAME) / f"{NAME}.ipynb").read_bytes() for student in course.students(NAME)
    }


def test_moodle_archive_gives_each_student_by_full_name(course, tmp_path):
    members = [
        ("Ada Lovelace_101_assignsubmission_file_/tiny.ipynb", answered(RIGHT)),
        ("Émilie du Châtelet_102_assignsubmission_file_/tiny (1).ipynb", answered(HALF)),
        ("Émilie du Châtelet_102_assignsubmission_onlinetext_/onlinetext.html", b"<p>hello</p>"),
        ("Zoe_103_assignsubmission_file_tiny.ipynb", answered(RIGHT)),
    ]
    result = collect(course, archive(tmp_path / "moodle.zip", members), NAME)
    assert set(handed_in(course)) == {"Ada Lovelace", "Émilie du Châtelet", "Zoe"}
    assert handed_in(course)["Émilie du Châtelet"] == answered(HALF)
    assert result.renamed == ["Émilie du Châtelet: tiny (1).ipynb"]
    assert any("onlinetext.html" in line for line in result.foreign)


def test_two_moodle_students_of_one_name_are_kept_apart(course, tmp_path):
    members = [(f"Kim Lee_{n}_assignsubmission_file_/tiny.ipynb", answered(RIGHT)) for n in (7, 8)]
    collect(course, archive(tmp_path / "moodle.zip", members), NAME)
    assert set(handed_in(course)) == {"Kim Lee 7", "Kim Lee 8"}


def test_canvas_archive_gives_late_marks_and_the_newest_attempt(course, tmp_path):
    members = [
        ("lovelaceada_4711_900001_tiny.ipynb", answered(RIGHT)),
        ("doejane_LATE_4712_900002_tiny-1.ipynb", answered(HALF)),
        ("doejane_LATE_4712_900002_tiny-2.ipynb", answered(RIGHT)),
    ]
    result = collect(course, archive(tmp_path / "canvas.zip", members), NAME)
    assert handed_in(course) == {"4711": answered(RIGHT), "4712": answered(RIGHT)}
    assert result.late == ["4712: 2026-05-01 12:00 UTC"] or result.late[0].startswith("4712")
    assert len(result.duplicate) == 1
    origin = json.loads((course.submitted("4711", NAME) / "collected.json").read_text())
    assert (origin["system"], origin["name"], origin["number"]) == ("canvas", "lovelaceada", "4711")


def zipped(day, answers=RIGHT):
    """The bytes of a student's own archive, whose member claims to be of this day in April 2026."""
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as file:
        file.writestr(zipfile.ZipInfo("tiny.ipynb", (2026, 4, day, 12, 0, 0)), answered(answers))
    return inner.getvalue()


@pytest.mark.parametrize("owner", ["Ada_1_assignsubmission_file_/", "Ada_1_assignsubmission_file_", "adal_1_2_"])
def test_what_a_students_archive_holds_was_handed_in_when_the_archive_was(course, tmp_path, owner):
    def collected(name, entry, inner):
        member = (f"{owner}work.zip", (zipped(inner), (2026, 4, entry, 12, 0, 0)))
        return collect(course, archive(tmp_path / name, [member]), NAME, datetime(2026, 4, 15, tzinfo=UTC))

    assert collected("honest.zip", entry=9, inner=20).late == []
    assert len(collected("forged.zip", entry=20, inner=9).late) == 1
    (time,) = (course.root / "grader" / "submitted").rglob("timestamp.txt")
    assert time.read_text().startswith("2026-04-20")


def test_a_forged_time_makes_no_older_attempt_the_newest(course, tmp_path):
    folder = "Ada_1_assignsubmission_file_"
    members = [
        (f"{folder}/work.zip", (zipped(30, HALF), (2026, 4, 1, 12, 0, 0))),
        (f"{folder}/tiny.ipynb", (answered(RIGHT), (2026, 4, 2, 12, 0, 0))),
    ]
    collect(course, archive(tmp_path / "moodle.zip", members), NAME)
    assert handed_in(course)["Ada"] == answered(RIGHT)


def test_in_a_folder_an_archive_s_times_are_nobody_s(course, tmp_path):
    (tmp_path / "class" / "Ada_1_assignsubmission_file_").mkdir(parents=True)
    (tmp_path / "class" / "Ada_1_assignsubmission_file_" / "work.zip").write_bytes(zipped(30))
    result = collect(course, tmp_path / "class", NAME, datetime(2026, 4, 15, tzinfo=UTC))
    assert set(handed_in(course)) == {"Ada"}
    assert result.late == []


@pytest.mark.parametrize("forged", ["Bert_2_assignsubmission_file_/tiny.ipynb", "bert_2_3_tiny.ipynb",
                                    "bert+tiny+2026-05-01 12:00:00 UTC/tiny.ipynb"])  # fmt: skip
def test_what_a_student_calls_things_in_an_archive_makes_them_no_classmate_s(course, tmp_path, forged):
    folder = tmp_path / "class"
    for name in ("Bert_2_assignsubmission_file_", "anna"):
        (folder / name).mkdir(parents=True)
    (folder / "Bert_2_assignsubmission_file_" / "tiny.ipynb").write_bytes(answered(RIGHT))
    archive(folder / "anna" / "work.zip", [(forged, answered(HALF))])
    collect(course, folder, NAME)
    assert handed_in(course) == {"anna": answered(HALF), "Bert": answered(RIGHT)}
    inner = io.BytesIO((folder / "anna" / "work.zip").read_bytes())
    members = [("anna/work.zip", inner.getvalue()), ("bert/tiny.ipynb", answered(RIGHT))]
    collect(course, archive(tmp_path / "class.zip", members), NAME)
    assert handed_in(course)["anna"] == answered(HALF)
    assert handed_in(course)["bert"] == answered(RIGHT)


def test_a_download_of_the_whole_class_among_submissions_is_left_out_with_a_word(course, tmp_path):
    (tmp_path / "class" / "anna").mkdir(parents=True)
    (tmp_path / "class" / "anna" / "tiny.ipynb").write_bytes(answered(RIGHT))
    members = [(f"{name}_assignsubmission_file_/tiny.ipynb", answered(HALF)) for name in ("Ada_1", "Bert_2")]
    archive(tmp_path / "class" / "moodle.zip", members)
    result = collect(course, tmp_path / "class", NAME)
    assert set(handed_in(course)) == {"anna"}
    assert result.refused == ["moodle.zip: holds the work of several students; collect it by itself"]


def test_a_notebook_is_of_the_assignment_with_which_it_shares_most_cells(course, tmp_path):
    cousin = json.loads(course.solution(NAME).read_text())
    for cell in cousin["cells"][3:]:
        cell["metadata"]["nbgrader"]["grade_id"] += "-too"  # only the cell "mean" is left in both
    path = course.root / "solutions" / "cousin" / "cousin.ipynb"
    path.parent.mkdir()
    path.write_text(json.dumps(cousin))
    only_mean = json.dumps({**cousin, "cells": cousin["cells"][2:3]}).encode()
    members = [
        ("anna/homework.ipynb", answered(RIGHT)),
        ("bert/homework.ipynb", json.dumps(cousin).encode()),
        ("carl/tiny.ipynb", json.dumps(cousin).encode()),
        ("dora/homework.ipynb", only_mean),
        ("emil/Tiny.ipynb", only_mean),
        ("finn/tiny.ipynb", b'{"cells": []}'),
    ]
    result = collect(course, archive(tmp_path / "class.zip", members), NAME)
    assert set(handed_in(course)) == {"anna", "emil", "finn"}
    assert [line.split(":")[0] for line in result.missing] == ["bert", "carl", "dora"]


def test_plain_folder_with_nested_archives_renamed_and_foreign_files(course, tmp_path):
    folder = tmp_path / "class"
    for name, content in {
        "anna/tiny.ipynb": answered(RIGHT),
        "anna/notes.txt": b"hello",
        "bert/deep/er/My Homework.ipynb": answered(HALF),
        "carl/other.ipynb": b'{"nbformat": 4, "cells": []}',
        "dora.ipynb": answered(RIGHT),
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    archive(folder / "emil.zip", [("whatever/tiny.ipynb", answered(HALF))])
    result = collect(course, folder, NAME)
    assert set(handed_in(course)) == {"anna", "bert", "dora", "emil"}
    assert handed_in(course)["bert"] == handed_in(course)["emil"] == answered(HALF)
    assert result.renamed == ["bert: My Homework.ipynb", "dora: dora.ipynb"]
    assert any("notes.txt" in line for line in result.foreign)
    assert any("other.ipynb" in line for line in result.foreign)
    assert [line.split(":")[0] for line in result.missing] == ["carl"]


@pytest.mark.parametrize(
    "damage", [b"", b'{"cells": [', b"\x00\xff\xfe binary", b"[" * 100_000], ids=["empty", "cut", "binary", "deep"]
)
def test_a_damaged_notebook_is_collected_so_that_the_grader_can_say_so(course, tmp_path, damage):
    collect(course, archive(tmp_path / "class.zip", [("anna/tiny.ipynb", damage), ("b/tiny.ipynb", b"")]), NAME)
    assert handed_in(course)["anna"] == damage


def test_nothing_is_written_outside_whatever_names_the_archive_holds(course, tmp_path):
    names = [
        "../../evil/tiny.ipynb",
        "/etc/evil/tiny.ipynb",
        "a/../../../evil2/tiny.ipynb",
        "..\\..\\win\\tiny.ipynb",
        "....//x/tiny.ipynb",
    ]
    before = {path for path in tmp_path.rglob("*") if "submitted" not in path.parts}
    path = archive(tmp_path / "slip.zip", [(name, answered(RIGHT)) for name in names])
    collect(course, path, NAME)
    after = {path for path in tmp_path.rglob("*") if "submitted" not in path.parts}
    assert after - before <= {path, course.root / "grader" / "submitted"}
    assert not os.path.lexists("/etc/evil")


def test_bombs_links_and_locked_members_are_refused_and_hurt_nobody(course, tmp_path, monkeypatch):
    monkeypatch.setattr(collecting, "MAX_NOTEBOOK", 2**20)
    monkeypatch.setattr(collecting, "MAX_STUDENT", 3 * 2**20)
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("deep.zip", b"\0" * 4 * 2**20)
    path = archive(
        tmp_path / "bomb.zip",
        [("bomb/tiny.ipynb", b" " * 2**22), ("bomb/in.zip", inner.getvalue()), ("honest/tiny.ipynb", answered(RIGHT))],
    )
    with zipfile.ZipFile(path, "a") as file:
        link = zipfile.ZipInfo("linker/tiny.ipynb")
        link.external_attr = 0o120777 << 16
        file.writestr(link, "/etc/passwd")
    data = bytearray(path.read_bytes())
    result = collect(course, path, NAME)
    assert set(handed_in(course)) == {"honest"}
    assert any("bomb/tiny.ipynb: it is larger than 1 MB" in line for line in result.refused)
    assert any("linker/tiny.ipynb: a link" in line for line in result.refused)
    at = data.index(b"honest/tiny.ipynb") + 60  # damage what follows the first name: the compressed notebook
    data[at : at + 40] = b"\xff" * 40
    path.write_bytes(data)
    assert any("honest/tiny.ipynb" in line and "damaged" in line for line in collect(course, path, NAME).refused)
    assert handed_in(course)["honest"] == answered(RIGHT)


def test_links_in_a_folder_are_not_followed(course, tmp_path):
    secret = tmp_path / "secret.ipynb"
    secret.write_bytes(answered(RIGHT))
    (tmp_path / "class" / "anna").mkdir(parents=True)
    (tmp_path / "class" / "anna" / "tiny.ipynb").symlink_to(secret)
    os.mkfifo(tmp_path / "class" / "anna" / "pipe.ipynb")
    result = collect(course, tmp_path / "class", NAME)
    assert handed_in(course) == {}
    assert len(result.refused) == 2


@pytest.mark.parametrize(
    "name",
    [
        "a/b",
        "..",
        ".",
        "",
        " ",
        ".hidden",
        "-rf",
        "a\0b",
        "x" * 500,
        "ö" * 150,
        "*",
        "a[b]",
        "{0}",
        "a\nb",
        "\u202etxt",
        "c:d",
        "\udc80",
    ],
)
def test_odd_student_ids_become_safe_names_of_their_own(name):
    safe = safe_student_id(name)
    assert safe == safe_student_id(name) != name
    assert safe != safe_student_id(name + "?")
    assert len(safe) <= 128
    assert len(safe.encode()) < 255
    assert not set(safe) & set('/\\*?[]{}<>:"|+%#&\n\0')
    assert safe[0] not in ".-"
    assert safe.isprintable()


@pytest.mark.parametrize(
    "name", ["Ada Lovelace", "j.doe", "Ünïcødé", "李雷", "o_neil-2", "O'Neil", "4711", "ada@example.org"]
)
def test_ordinary_student_ids_stay_as_they_are(name):
    assert safe_student_id(name) == name


def test_exchange_gives_the_newest_with_its_time_and_secret(course, tmp_path):
    inbound = tmp_path / "exchange" / "course" / "inbound"
    for folder, answers, secret in [
        ("anna+tiny+2026-05-01 10:00:00.000000 UTC+xyz", HALF, "old"),
        ("anna+tiny+2026-05-02 10:00:00.000000 UTC+abc", RIGHT, "new"),
        ("bert+other+2026-05-02 10:00:00.000000 UTC+abc", RIGHT, "other"),
    ]:
        (inbound / folder).mkdir(parents=True)
        (inbound / folder / "tiny.ipynb").write_bytes(answered(answers))
        (inbound / folder / "submission_secret.txt").write_text(secret)
    result = collect(course, inbound, NAME, due=None)
    folder = course.submitted("anna", NAME)
    assert handed_in(course) == {"anna": answered(RIGHT)}
    assert (folder / "submission_secret.txt").read_text() == "new"
    assert (folder / "timestamp.txt").read_text() == "2026-05-02 10:00:00.000000 UTC"
    assert len(result.duplicate) == 1
    assert collect(course, inbound, NAME).collected == {"anna": "unchanged"}


def test_an_older_submission_never_replaces_a_newer_one(course, tmp_path):
    def moodle(name, answers, day):
        member = ("Ada_1_assignsubmission_file_/tiny.ipynb", (answered(answers), (2026, 5, day, 12, 0, 0)))
        return collect(course, archive(tmp_path / name, [member]), NAME).collected["Ada"]

    assert moodle("second.zip", RIGHT, 2) == "new"
    assert "older" in moodle("first.zip", HALF, 1)
    assert handed_in(course)["Ada"] == answered(RIGHT)
    assert moodle("third.zip", HALF, 3) == "replaced"


def test_the_command_lists_what_it_did_and_bad_input_gets_one_sentence(course, tmp_path):
    member = ("Ada_1_assignsubmission_file_/x.ipynb", (answered(RIGHT), (2026, 5, 2, 12, 0, 0)))
    path = archive(tmp_path / "moodle.zip", [member, ("readme.pdf", b"%PDF")])
    output = run(course, "collect", path, NAME, "--due", "2026-05-01 12:00")
    for words in ("1 collected", "Late", "Renamed", "x.ipynb", "readme.pdf"):
        assert words in output
    (tmp_path / "no.zip").write_bytes(b"this is no archive")
    assert "not a zip archive" in run(course, "collect", tmp_path / "no.zip", NAME, code=1)
    assert "no file or folder" in run(course, "collect", tmp_path / "nowhere", NAME, code=1)
    assert "There is no assignment 'other'" in run(course, "collect", path, "other", code=1)
    with pytest.raises(UserError, match="where collected submissions go"):
        collect(course, course.submitted("", ""), NAME)
