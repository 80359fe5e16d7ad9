"""Collecting: every student's notebook is found, whatever the archive looks like, and nothing else is touched."""

import io
import json
import os
import time
import unicodedata
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from tiny_course import HALF, NAME, RIGHT, SUM, answered, run

from grader import collect as collecting
from grader.collect import collect
from grader.course import UserError
from grader.owners import plain_owner, safe_student_id, worksheet_times

pytestmark = pytest.mark.filterwarnings("ignore:Duplicate name")


def archive(path, members):
    """A zip archive from names and contents; a value of (bytes, date) sets the member's time."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members:
            data, date = content if isinstance(content, tuple) else (content, (2026, 5, 1, 12, 0, 0))
            info = zipfile.ZipInfo(name, date)
            file.writestr(info, data, zipfile.ZIP_DEFLATED)
    return path


def from_moodle(path, students, day=1):
    """An archive as Moodle makes it, of students' folders and answers; every member has the time of the download."""
    when = (2026, 5, day, 12, 0, 0)
    members = [(f"{who}_assignsubmission_file_/tiny.ipynb", (answered(text), when)) for who, text in students.items()]
    return archive(path, members)


def worksheet(path, **times):
    """Moodle's grading worksheet: when each participant, p7 for number 7, handed in."""
    rows = [f'Participant {number[1:]},Somebody,"{time}",-' for number, time in times.items()]
    header = "Identifier,Full name,Last modified (submission),Last modified (grade)"
    path.write_text("\r\n".join([header, *rows]), encoding="utf-8-sig")
    return path


def origin(course, student):
    """The note beside a collected notebook."""
    return json.loads((course.submitted(student, NAME) / "collected.json").read_text())


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
    collect(course, from_moodle(tmp_path / "one.zip", {"Kim Lee_7": HALF}, day=2), NAME)
    assert handed_in(course) == {"Kim Lee 7": answered(HALF), "Kim Lee 8": answered(RIGHT)}


@pytest.mark.parametrize("name", ["Max Müller", "Participant"])
def test_a_later_namesake_replaces_nobody_and_who_came_first_keeps_the_name(course, tmp_path, name):
    collect(course, from_moodle(tmp_path / "first.zip", {f"{name}_2001": RIGHT}), NAME)
    result = collect(course, from_moodle(tmp_path / "second.zip", {f"{name}_2002": HALF}, day=2), NAME)
    assert handed_in(course) == {name: answered(RIGHT), f"{name} 2002": answered(HALF)}
    assert result.namesakes == [f"{name}: number 2001 is the student {name}, number 2002 is the student {name} 2002"]
    assert result.replaced == []
    both = from_moodle(tmp_path / "both.zip", {f"{name}_2001": RIGHT, f"{name}_2002": RIGHT}, day=3)
    result = collect(course, both, NAME)
    assert handed_in(course) == {name: answered(RIGHT), f"{name} 2002": answered(RIGHT)}
    assert result.namesakes == []


def test_a_first_comer_stays_one_person_when_a_later_archive_holds_a_namesake_too(course, tmp_path):
    collect(course, from_moodle(tmp_path / "first.zip", {"Max_2001": RIGHT}), NAME)
    result = collect(course, from_moodle(tmp_path / "both.zip", {"Max_2001": RIGHT, "Max_2002": HALF}, day=2), NAME)
    assert handed_in(course) == {"Max": answered(RIGHT), "Max 2002": answered(HALF)}
    assert result.collected == {"Max": "unchanged", "Max 2002": "new"}
    assert len(result.namesakes) == 1


def test_canvas_archive_gives_late_marks_and_the_newest_attempt(course, tmp_path):
    members = [
        ("lovelaceada_4711_900001_tiny.ipynb", answered(RIGHT)),
        ("doejane_LATE_4712_900002_tiny-10.ipynb", answered(RIGHT)),
        ("doejane_LATE_4712_900002_tiny-9.ipynb", answered(HALF)),
    ]
    result = collect(course, archive(tmp_path / "canvas.zip", members), NAME)
    assert handed_in(course) == {"4711": answered(RIGHT), "4712": answered(RIGHT)}
    assert result.late == ["4712: so marked by Canvas"]
    assert len(result.duplicate) == 1
    note = origin(course, "4711")
    assert (note["system"], note["name"], note["number"]) == ("canvas", "lovelaceada", "4711")


def zipped(day, answers=RIGHT):
    """The bytes of a student's own archive, whose member claims to be of this day in April 2026."""
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as file:
        file.writestr(zipfile.ZipInfo("tiny.ipynb", (2026, 4, day, 12, 0, 0)), answered(answers))
    return inner.getvalue()


@pytest.mark.parametrize("owner", ["Ada_1_assignsubmission_file_/", "Ada_1_assignsubmission_file_"])
def test_what_a_students_archive_holds_was_handed_in_when_the_archive_was(course, tmp_path, owner):
    def collected(name, entry, inner):
        member = (f"{owner}work.zip", (zipped(inner), (2026, 4, entry, 12, 0, 0)))
        earlier = ("Zoe_2_assignsubmission_file_/tiny.ipynb", (answered(RIGHT), (2026, 4, 1, 12, 0, 0)))
        return collect(course, archive(tmp_path / name, [earlier, member]), NAME, datetime(2026, 4, 15, tzinfo=UTC))

    assert collected("honest.zip", entry=9, inner=20).late == []
    assert len(collected("forged.zip", entry=20, inner=9).late) == 1
    assert (course.submitted("Ada", NAME) / "timestamp.txt").read_text().startswith("2026-04-20")


def test_the_time_of_a_download_makes_nobody_late_and_no_attempt_the_newest(course, tmp_path):
    due, empty = datetime(2026, 4, 15, tzinfo=UTC), dict.fromkeys(RIGHT, "")
    members = [
        ("Ada_1_assignsubmission_file_/tiny.ipynb", (answered(RIGHT), (2026, 5, 1, 12, 0, 0))),
        ("Ada_1_assignsubmission_file_/tiny (1).ipynb", (answered(empty), (2026, 5, 1, 12, 0, 2))),
        ("Zoe_2_assignsubmission_file_/tiny.ipynb", (answered(HALF), (2026, 5, 1, 12, 9, 0))),
    ]
    result = collect(course, archive(tmp_path / "moodle.zip", members), NAME, due)
    assert handed_in(course) == {"Ada": answered(RIGHT), "Zoe": answered(HALF)}
    assert result.late == []
    assert result.duplicate == [
        "Ada: Ada_1_assignsubmission_file_/tiny (1).ipynb left out, Ada_1_assignsubmission_file_/tiny.ipynb taken"
    ]
    assert "with --times" in result.times[0]
    assert list(course.submitted("", "").rglob("timestamp.txt")) == []


def test_a_slow_download_is_not_taken_for_hand_in_times_and_makes_nobody_late(course, tmp_path):
    members = [(f"{who}_assignsubmission_file_/tiny.ipynb", (answered(RIGHT), (2026, 5, 1, 12 + hour, 50, 0)))
               for who, hour in (("Ada_1", 0), ("Zoe_2", 2))]  # fmt: skip
    result = collect(course, archive(tmp_path / "moodle.zip", members), NAME, datetime(2026, 4, 15, tzinfo=UTC))
    assert result.late == []
    assert "with --times" in result.times[0]
    assert list(course.submitted("", "").rglob("timestamp.txt")) == []


def test_a_member_without_a_time_gives_the_others_none(course, tmp_path):
    download, none = (2026, 5, 1, 12, 0, 0), (1980, 1, 1, 0, 0, 0)
    members = [(f"{who}_assignsubmission_file_/tiny.ipynb", (answered(RIGHT), time))
               for who, time in (("Ada_1", download), ("Zoe_2", none))]  # fmt: skip
    result = collect(course, archive(tmp_path / "moodle.zip", members), NAME, datetime(2026, 4, 15, tzinfo=UTC))
    assert result.late == []
    assert list(course.submitted("", "").rglob("timestamp.txt")) == []


def test_canvas_alone_says_who_is_late(course, tmp_path):
    members = [("doejane_1_2_LATE_tiny.ipynb", answered(RIGHT)), ("LATE_anon_a1b2c_3_tiny.ipynb", answered(HALF))]
    path = archive(tmp_path / "canvas.zip", [*members, ("roejo_LATE_4_5_tiny.ipynb", answered(HALF))])
    result = collect(course, path, NAME, datetime(2026, 4, 15, tzinfo=UTC))
    assert result.late == ["a1b2c: so marked by Canvas", "4: so marked by Canvas"]
    assert list(course.submitted("", "").rglob("timestamp.txt")) == []


@pytest.mark.parametrize(
    "time", ["Wednesday, 10 June 2026, 2:14 PM", "Wednesday, June 10, 2026, 2:14 PM", "Wednesday, 10 June 2026, 14:14"]
)
def test_moodles_grading_worksheet_says_when_everybody_handed_in(course, tmp_path, time):
    path = from_moodle(tmp_path / "moodle.zip", {"Ada_1": RIGHT, "Bert_2": RIGHT, "Carl_3": RIGHT})
    times = worksheet(tmp_path / "worksheet.csv", p1=time, p2="Monday, 1 June 2026, 9:00 AM", p3="-")
    due = datetime(2026, 6, 10, 14).astimezone()
    result = collect(course, path, NAME, due, times)
    assert [line.split(":")[0] for line in result.late] == ["Ada"]
    assert result.times == ["Moodle's grading worksheet does not say when these handed in: Carl."]
    assert datetime.fromisoformat(origin(course, "Ada")["time"]) == datetime(2026, 6, 10, 14, 14).astimezone()
    assert collect(course, path, NAME).collected["Ada"] == "unchanged"
    assert origin(course, "Ada")["time"]  # not forgotten when the archive comes again without the worksheet


def test_a_student_may_go_back_to_an_earlier_file_where_the_worksheet_says_when(course, tmp_path):
    for day, answers in ((1, RIGHT), (2, HALF), (3, RIGHT)):
        times = worksheet(tmp_path / "worksheet.csv", p1=f"Monday, {day} June 2026, 9:00 AM")
        due = datetime(2026, 6, day, 9).astimezone()
        result = collect(course, from_moodle(tmp_path / "moodle.zip", {"Ada_1": answers}), NAME, due, times)
        assert handed_in(course) == {"Ada": answered(answers)}
        assert result.late == [], "at the deadline is in time"
    member = ("Ada_1_assignsubmission_file_/tiny.ipynb", (answered(SUM), (2026, 7, 1, 12, 0, 0)))
    collect(course, archive(tmp_path / "later.zip", [member]), NAME)
    assert not (course.submitted("Ada", NAME) / "timestamp.txt").exists(), "nobody said when this one came"


def test_a_worksheet_s_times_are_by_this_machine_s_clock(tmp_path, monkeypatch):
    with monkeypatch.context() as context:
        context.setenv("TZ", "JST-9")
        time.tzset()
        found = worksheet_times(worksheet(tmp_path / "worksheet.csv", p1="Monday, 1 June 2026, 9:00 AM"))
    time.tzset()
    assert found == {"1": datetime(2026, 6, 1, 0, tzinfo=UTC)}


@pytest.mark.parametrize("last", [1, 2])
def test_whoever_reads_moodles_times_is_told_in_which_zone(course, tmp_path, monkeypatch, last):
    def times():
        return (course.submitted("Ada", NAME) / "timestamp.txt").read_text()

    members = [(f"{who}_assignsubmission_file_/tiny.ipynb", (answered(RIGHT), (2026, 5, day, 12, 0, 0)))
               for who, day in (("Ada_1", 1), ("Zoe_2", last))]  # fmt: skip
    path, said = archive(tmp_path / "moodle.zip", members), "this machine's zone, JST (now UTC+0900)"
    monkeypatch.setenv("TZ", "JST-9")
    assert (said in run(course, "collect", path, NAME)) == (last > 1), "the times of a download are nobody's"
    assert said in run(course, "collect", path, NAME, "--due", "2026-05-01 12:00")
    sheet = worksheet(tmp_path / "worksheet.csv", p1="Friday, 1 May 2026, 12:00 PM")
    assert said in run(course, "collect", path, NAME, "--times", sheet)
    assert times().startswith("2026-05-01 03:00")
    monkeypatch.setenv("TZ", "UTC0")
    assert "zone, UTC (now UTC+0000)" in run(course, "collect", path, NAME, "--times", sheet)
    assert times().startswith("2026-05-01 12:00"), "collecting again mends a zone that was forgotten"


def test_a_worksheet_that_cannot_be_read_gets_one_sentence(course, tmp_path):
    path = from_moodle(tmp_path / "moodle.zip", {"Ada_1": RIGHT})
    (tmp_path / "german.csv").write_text("ID,Status\r\nTeilnehmer/in 1,x\r\n")
    assert "language in Moodle to English" in run(
        course, "collect", path, NAME, "--times", tmp_path / "german.csv", code=1
    )
    times = worksheet(tmp_path / "odd.csv", p1="some day")
    assert '"some day" is not a time' in run(course, "collect", path, NAME, "--times", times, code=1)
    assert "cannot be read" in run(course, "collect", path, NAME, "--times", tmp_path / "nowhere.csv", code=1)
    assert course.students(NAME) == []


def test_a_mended_file_is_not_replaced_by_the_broken_one_however_often_it_comes(course, tmp_path):
    broken, mended = from_moodle(tmp_path / "moodle.zip", {"Ada_1": HALF, "Zoe_2": HALF}), tmp_path / "mended"
    collect(course, broken, NAME)
    (mended / "Ada").mkdir(parents=True)
    (mended / "Ada" / "tiny.ipynb").write_bytes(answered(RIGHT))
    assert collect(course, mended, NAME).replaced == ["Ada: by Ada/tiny.ipynb"]
    result = collect(course, broken, NAME)
    assert (result.replaced, result.older) == ([], ["Ada: Ada_1_assignsubmission_file_/tiny.ipynb"])
    late = (datetime.now() + timedelta(days=1)).timetuple()[:6]
    members = [(f"{who}_assignsubmission_file_/tiny.ipynb", (answered(HALF), late)) for who in ("Ada_1", "Zoe_2")]
    assert collect(course, archive(tmp_path / "again.zip", members), NAME).older != []
    assert handed_in(course) == {"Ada": answered(RIGHT), "Zoe": answered(HALF)}
    assert (origin(course, "Ada")["system"], origin(course, "Ada")["number"]) == ("moodle", "1")
    new = ("Ada_1_assignsubmission_file_/tiny.ipynb", (answered(SUM), late))
    assert collect(course, archive(tmp_path / "new.zip", [new]), NAME).replaced != []
    assert handed_in(course)["Ada"] == answered(SUM)


@pytest.mark.parametrize("known", [True, False], ids=["with hand-in times", "with the times of a download"])
def test_a_mended_file_counts_as_of_now_although_moodle_s_clock_is_ahead(course, tmp_path, known):
    ahead, mended = datetime.now() + timedelta(hours=9), tmp_path / "mended"

    def moodle(answers, when):
        others = when - timedelta(days=5 if known else 0)
        return archive(tmp_path / "moodle.zip", [
            ("Ada_1_assignsubmission_file_/tiny.ipynb", (answered(answers), when.timetuple()[:6])),
            ("Zoe_2_assignsubmission_file_/tiny.ipynb", (answered(HALF), others.timetuple()[:6])),
        ])  # fmt: skip

    collect(course, moodle(HALF, ahead), NAME)
    (mended / "Ada").mkdir(parents=True)
    (mended / "Ada" / "tiny.ipynb").write_bytes(answered(RIGHT))
    result = collect(course, mended, NAME)
    assert (result.older, result.replaced) == ([], ["Ada: by Ada/tiny.ipynb"])
    assert collect(course, moodle(HALF, ahead), NAME).older == ["Ada: Ada_1_assignsubmission_file_/tiny.ipynb"]
    assert handed_in(course)["Ada"] == answered(RIGHT), "the broken one does not come back"
    collect(course, moodle(SUM, ahead + timedelta(hours=1)), NAME)
    assert handed_in(course)["Ada"] == answered(SUM), "what the student hands in after that counts"


def test_a_forged_time_makes_no_older_attempt_the_newest(course, tmp_path):
    folder = "Ada_1_assignsubmission_file_"
    members = [
        (f"{folder}/work.zip", (zipped(30, HALF), (2026, 4, 1, 12, 0, 0))),
        (f"{folder}/tiny.ipynb", (answered(RIGHT), (2026, 4, 2, 12, 0, 0))),
    ]
    collect(course, archive(tmp_path / "moodle.zip", members), NAME)
    assert handed_in(course)["Ada"] == answered(RIGHT)


def test_a_newer_fragment_is_not_taken_for_the_whole_and_a_newer_notebook_that_lacks_little_is(course, tmp_path):
    def part(*names):
        cells = [cell for cell in json.loads(answered(HALF))["cells"] if cell["id"] in names]
        return json.dumps({**json.loads(answered(HALF)), "cells": cells}).encode()

    most = part("mean", "double", "derivation-mean")
    members = []
    for who, newer in (("Ada_1", part("mean", "double")), ("Bert_2", most)):
        members += [(f"{who}_assignsubmission_file_/tiny.ipynb", (answered(RIGHT), (2026, 4, 1, 12, 0, 0))),
                    (f"{who}_assignsubmission_file_/new.ipynb", (newer, (2026, 4, 2, 12, 0, 0)))]  # fmt: skip
    collect(course, archive(tmp_path / "moodle.zip", members), NAME)
    assert handed_in(course) == {"Ada": answered(RIGHT), "Bert": most}


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


@pytest.mark.parametrize("names", [("Ada_1", "Bert_2"), ("Participant_1", "Participant_2")])
def test_a_download_of_the_whole_class_among_submissions_is_left_out_with_a_word(course, tmp_path, names):
    (tmp_path / "class" / "anna").mkdir(parents=True)
    (tmp_path / "class" / "anna" / "tiny.ipynb").write_bytes(answered(RIGHT))
    members = [(f"{name}_assignsubmission_file_/tiny.ipynb", answered(HALF)) for name in names]
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
    ("name", "student"),
    [
        ("Änne Müller - chain-rule", "Änne Müller"),
        ("chain-rule_José", "José"),
        ("max mustermann chain rule (2)", "max mustermann"),
        ("max mustermann chain rule-1", "max mustermann"),
        ("chain-rule Li Wei-Copy1", "Li Wei"),
        ("ChainRule Li Wei", "Li Wei"),
        ("annachain-rule", "anna"),
        ("Toch Ain Ruler", "Toch Ain Ruler"),
        ("o_neil-2", "o_neil-2"),
        ("Untitled", "Untitled"),
        ("chain-rule", "chain-rule"),
    ],
)
def test_a_loose_file_s_student_is_its_name_less_the_assignment_s_and_a_copy_s_ending(name, student):
    assert plain_owner((f"{name}.ipynb",), "chain-rule") == student


def test_copies_of_loose_files_are_one_student_s_and_who_was_guessed_is_listed(course, tmp_path):
    for name, answers in {
        "max tiny": dict.fromkeys(RIGHT, ""), "max tiny (2)": RIGHT, "zoe": HALF, "zoe-1": SUM, "student-1": RIGHT,
        "student-2": HALF, "Untitled": RIGHT,
    }.items():  # fmt: skip
        (tmp_path / "class").mkdir(exist_ok=True)
        (tmp_path / "class" / f"{name}.ipynb").write_bytes(answered(answers))
    result = collect(course, tmp_path / "class", NAME)
    assert handed_in(course) == {
        "max": answered(RIGHT), "zoe": answered(SUM), "student-1": answered(RIGHT), "student-2": answered(HALF),
        "Untitled": answered(RIGHT),
    }  # fmt: skip
    assert len(result.duplicate) == 2
    assert sorted(result.guessed) == [
        "Untitled: Untitled.ipynb", "max: max tiny (2).ipynb", "student-1: student-1.ipynb",
        "student-2: student-2.ipynb", "zoe: zoe-1.ipynb",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "damage", [b"", b'{"cells": [', b"\x00\xff\xfe binary", b"[" * 100_000], ids=["empty", "cut", "binary", "deep"]
)
def test_a_damaged_notebook_is_collected_so_that_the_grader_can_say_so(course, tmp_path, damage):
    members = [("anna/tiny.ipynb", damage), ("b/tiny.ipynb", b""), ("carl/homework.ipynb", damage)]
    collect(course, archive(tmp_path / "class.zip", members), NAME)
    assert handed_in(course)["anna"] == handed_in(course)["carl"] == damage


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


@pytest.mark.parametrize("how", ["a later format", "an unknown method", "damaged LZMA", "encrypted"])
def test_an_archive_that_python_cannot_read_costs_its_own_student_only(course, tmp_path, how):
    inner, packing = io.BytesIO(), zipfile.ZIP_LZMA if "LZMA" in how else zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(inner, "w", packing) as file:
        file.writestr("tiny.ipynb", answered(HALF))
    data = bytearray(inner.getvalue())
    listed, packed = data.rindex(b"PK\1\2"), 30 + len("tiny.ipynb")
    at, patch, says = {
        "a later format": (listed + 6, b"\x63", "zip file version 9.9"),
        "an unknown method": (listed + 10, b"\x09", "rare way"),
        "damaged LZMA": (packed + 4, b"\xff\xff", "damaged"),
        "encrypted": (listed + 8, b"\x01", "it is encrypted"),
    }[how]
    data[at : at + len(patch)] = patch
    for start, entry in ((6, 8), (8, 10)) if how in ("an unknown method", "encrypted") else ():
        data[start : start + 2] = data[listed + entry : listed + entry + 2]  # said twice, and compared
    members = [("bert/work.zip", bytes(data)), ("anna/tiny.ipynb", answered(RIGHT))]
    result = collect(course, archive(tmp_path / "class.zip", members), NAME)
    assert handed_in(course) == {"anna": answered(RIGHT)}
    assert len(result.refused) == 1
    assert says in result.refused[0]


def test_what_one_student_hands_in_is_read_up_to_a_limit_in_all(course, tmp_path, monkeypatch):
    monkeypatch.setattr(collecting, "MAX_STUDENT", len(answered(RIGHT)) * 3 // 2)
    members = [(f"{name}.ipynb", answered(RIGHT)) for name in ("anna/tiny", "anna/tiny (1)", "bert/tiny")]
    result = collect(course, archive(tmp_path / "class.zip", members), NAME)
    assert set(handed_in(course)) == {"anna", "bert"}
    assert len(result.refused) == 1


def test_archives_in_archives_are_opened_two_deep_and_no_deeper(course, tmp_path):
    def packed(name, data):
        file = io.BytesIO()
        archive(file, [(name, data)])
        return file.getvalue()

    two = packed("in.zip", packed("tiny.ipynb", answered(RIGHT)))
    members = [("anna/out.zip", two), ("bert/out.zip", packed("more.zip", two)), ("carl/tiny.ipynb", answered(HALF))]
    result = collect(course, archive(tmp_path / "class.zip", members), NAME)
    assert handed_in(course) == {"anna": answered(RIGHT), "carl": answered(HALF)}
    assert any("in.zip: not a notebook" in line for line in result.foreign)


def test_what_macos_and_jupyter_put_beside_a_notebook_is_passed_over(course, tmp_path):
    members = [
        ("anna/tiny.ipynb", answered(RIGHT)),
        ("__MACOSX/anna/._tiny.ipynb", b"\0\5\x16\7"),
        ("anna/._tiny.ipynb", b"\0\5\x16\7"),
        ("anna/.ipynb_checkpoints/tiny-checkpoint (1).ipynb", answered(RIGHT)),
        ("bert/tiny.ipynb", answered(HALF)),
    ]
    path = archive(tmp_path / "class.zip", members)
    with zipfile.ZipFile(path) as file:
        file.extractall(tmp_path / "class")
    for source in (path, tmp_path / "class"):
        result = collect(course, source, NAME)
        assert handed_in(course) == {"anna": answered(RIGHT), "bert": answered(HALF)}
        assert (result.foreign, result.refused, result.duplicate) == ([], [], [])


class Unflagged(zipfile.ZipInfo):
    """A member whose name's encoding the archive does not say: UTF-8 by macOS' Finder, code page 437 by old Windows."""

    encoding = "utf-8"

    def _encodeFilenameFlags(self):
        return self.filename.encode(self.encoding), self.flag_bits & ~0x800


def test_names_in_an_archive_repacked_on_macos_are_the_same_students(course, tmp_path):
    collect(course, from_moodle(tmp_path / "moodle.zip", {"Änne Müller_1": HALF}), NAME)
    path = tmp_path / "finder.zip"
    with zipfile.ZipFile(path, "w") as file:
        for who, answers in (("Änne Müller_1", RIGHT), ("Änne Müller_2", SUM), ("李雷_3", RIGHT)):
            name = unicodedata.normalize("NFD", f"{who}_assignsubmission_file_/tiny.ipynb")
            file.writestr(Unflagged(name, (2026, 5, 2, 12, 0, 0)), answered(answers))
    collect(course, path, NAME)
    assert handed_in(course) == {
        "Änne Müller": answered(RIGHT), "Änne Müller 2": answered(SUM), "李雷": answered(RIGHT),
    }  # fmt: skip
    for who in ("Jürgen", unicodedata.normalize("NFD", "Jürgen")):
        (tmp_path / "class" / who).mkdir(parents=True)
        (tmp_path / "class" / who / "tiny.ipynb").write_bytes(answered(RIGHT))
    result = collect(course, tmp_path / "class", NAME)
    assert result.collected == {"Jürgen": "new"}
    assert len(result.duplicate) == 1


def test_names_in_an_archive_from_an_old_windows_stay_readable(course, tmp_path, monkeypatch):
    monkeypatch.setattr(Unflagged, "encoding", "cp437")
    with zipfile.ZipFile(tmp_path / "class.zip", "w") as file:
        for who in ("Änne Müller", "José"):
            file.writestr(Unflagged(f"{who}/tiny.ipynb"), answered(RIGHT))
    collect(course, tmp_path / "class.zip", NAME)
    assert set(handed_in(course)) == {"Änne Müller", "José"}


def test_files_beside_the_folder_of_the_class_are_nobodys_work_and_stop_nothing(course, tmp_path):
    members = [(f"class/{name}.ipynb", answered(RIGHT)) for name in ("anna", "bert")]
    result = collect(course, archive(tmp_path / "class.zip", [*members, ("readme.txt", b"hello"), ("..", b"?")]), NAME)
    assert set(handed_in(course)) == {"anna", "bert"}
    assert result.foreign == ["readme.txt: not a notebook"]


def test_links_in_a_folder_are_not_followed_and_all_of_them_named(course, tmp_path):
    secret = tmp_path / "secret" / "tiny.ipynb"
    secret.parent.mkdir()
    secret.write_bytes(answered(RIGHT))
    (tmp_path / "class" / "anna").mkdir(parents=True)
    (tmp_path / "class" / "anna" / "tiny.ipynb").symlink_to(secret)
    (tmp_path / "class" / "bert").symlink_to(secret.parent)
    os.mkfifo(tmp_path / "class" / "anna" / "pipe.ipynb")
    result = collect(course, tmp_path / "class", NAME)
    assert handed_in(course) == {}
    assert sorted(result.refused) == [
        f"{name}: a link or a device, not a file" for name in ("anna/pipe.ipynb", "anna/tiny.ipynb", "bert")
    ]


def test_a_folder_that_cannot_be_read_is_named_and_hides_nobody_else(course, tmp_path, monkeypatch):
    folder, scan, locked = tmp_path / "class", os.scandir, []
    for who in ("anna", "bert"):
        (folder / who).mkdir(parents=True)
        (folder / who / "tiny.ipynb").write_bytes(answered(RIGHT))

    def denied(path):  # root may read everything, whatever its mode
        if str(path) in locked:
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", denied)
    locked.append(str(folder / "anna"))
    result = collect(course, folder, NAME)
    assert set(handed_in(course)) == {"bert"}
    assert result.refused == ["anna: a folder that cannot be read (Permission denied)"]
    locked.append(str(folder))
    with pytest.raises(PermissionError, match="Permission denied"):
        collect(course, folder, NAME)


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
        "李" * 150,
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


def test_a_name_is_the_same_student_however_its_accents_are_encoded():
    assert safe_student_id("Mu\u0308ller") == "M\u00fcller"


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
    result = collect(course, inbound, NAME, due=datetime(2026, 5, 1, 12, tzinfo=UTC))
    assert result.late == ["anna: 2026-05-02 10:00 UTC"]
    folder = course.submitted("anna", NAME)
    assert handed_in(course) == {"anna": answered(RIGHT)}
    assert (folder / "submission_secret.txt").read_text() == "new"
    assert (folder / "timestamp.txt").read_text() == "2026-05-02 10:00:00.000000 UTC"
    assert len(result.duplicate) == 1
    assert collect(course, inbound, NAME).collected == {"anna": "unchanged"}
    (tmp_path / "mended" / "anna").mkdir(parents=True)
    (tmp_path / "mended" / "anna" / "tiny.ipynb").write_bytes(answered(SUM))
    collect(course, tmp_path / "mended", NAME)
    assert collect(course, inbound, NAME).older == ["anna: anna+tiny+2026-05-02 10:00:00.000000 UTC+abc/tiny.ipynb"]
    assert handed_in(course) == {"anna": answered(SUM)}
    assert (folder / "submission_secret.txt").read_text() == "new"
    assert (folder / "timestamp.txt").read_text() == "2026-05-02 10:00:00.000000 UTC"


def test_an_older_submission_never_replaces_a_newer_one(course, tmp_path):
    def moodle(name, answers, day):
        member = ("Ada_1_assignsubmission_file_/tiny.ipynb", (answered(answers), (2026, 5, day, 12, 0, 0)))
        return collect(course, archive(tmp_path / name, [member]), NAME).collected["Ada"]

    assert moodle("second.zip", RIGHT, 2) == "new"
    assert "older" in moodle("first.zip", HALF, 1)
    assert handed_in(course)["Ada"] == answered(RIGHT)
    assert moodle("third.zip", HALF, 3) == "replaced"
    assert moodle("again.zip", HALF, 1) == "unchanged"
    assert "older" in moodle("second.zip", SUM, 2)


def test_the_command_lists_what_it_did_and_bad_input_gets_one_sentence(course, tmp_path):
    member = ("Ada_1_assignsubmission_file_/x.ipynb", answered(RIGHT))
    path = archive(tmp_path / "moodle.zip", [member, ("readme.pdf", b"%PDF"), ("zoe.ipynb", answered(RIGHT))])
    times = worksheet(tmp_path / "worksheet.csv", p1="Friday, 1 May 2026, 12:01 PM")
    output = run(course, "collect", path, NAME, "--due", "2026-05-01 12:00", "--times", times)
    for words in ("2 collected", "Late", "Renamed", "x.ipynb", "readme.pdf", "Student taken from the file's name"):
        assert words in output
    output = run(course, "collect", from_moodle(tmp_path / "new.zip", {"Ada_1": HALF}, day=2), NAME)
    assert "\nReplaced (1)\n  Ada: by Ada_1_assignsubmission_file_/tiny.ipynb\n" in output
    (tmp_path / "no.zip").write_bytes(b"this is no archive")
    assert "not a zip archive" in run(course, "collect", tmp_path / "no.zip", NAME, code=1)
    assert "no file or folder" in run(course, "collect", tmp_path / "nowhere", NAME, code=1)
    assert "There is no assignment 'other'" in run(course, "collect", path, "other", code=1)
    for folder in (course.submitted("", ""), course.submitted("Ada", NAME), course.root):
        with pytest.raises(UserError, match="where collected submissions go"):
            collect(course, folder, NAME)


def test_everybody_is_listed_however_many_they_are(course, tmp_path):
    members = [(f"student{number}/tiny.pdf", b"%PDF") for number in range(60)]
    output = run(course, "collect", archive(tmp_path / "class.zip", members), NAME, code=1)
    assert "Missing (60)" in output
    assert all(f"  student{number}: no notebook" in output for number in range(60))


def test_a_secret_that_is_too_large_or_damaged_stops_nobody(course, tmp_path):
    broken = bytearray(archive(tmp_path / "inner.zip", [("submission_secret.txt", b"s" * 50)]).read_bytes())
    broken[60] ^= 255
    moodle = from_moodle(tmp_path / "moodle.zip", {"Ada_1": RIGHT, "Eve_3": RIGHT})
    with zipfile.ZipFile(moodle, "a", zipfile.ZIP_DEFLATED) as file:
        file.writestr("Eve_3_assignsubmission_file_/submission_secret.txt", bytes(2_000))
        file.writestr("Bob_2_assignsubmission_file_/work.zip", bytes(broken))
        file.writestr("Bob_2_assignsubmission_file_/tiny.ipynb", answered(HALF))
    assert "3 collected" in run(course, "collect", moodle, NAME)


def test_names_that_students_choose_cannot_command_the_terminal_or_forge_lines(course, tmp_path):
    names = ["\x1b]0;PWNED\x07\x1b[31m.txt", "a\n\nRefused (0)\n  all is well.txt", "\u202egnp.txt"]
    inner = archive(tmp_path / "inner.zip", [(name, b"x") for name in names]).read_bytes()
    folder = "Eve_3_assignsubmission_file_"
    moodle = archive(
        tmp_path / "moodle.zip", [(f"{folder}/work.zip", inner), (f"{folder}/tiny.ipynb", answered(RIGHT))]
    )
    said = run(course, "collect", moodle, NAME)
    assert "all is well" in said
    assert not [line for line in said.splitlines() if line.strip() == "all is well.txt"]
    assert not set("\x1b\x07\u202e") & set(said)


def test_archives_of_a_whole_class_are_not_kept_open_or_in_memory(course, tmp_path):
    inner = archive(tmp_path / "inner.zip", [("tiny.ipynb", answered(RIGHT))]).read_bytes()
    students = tmp_path / "class"
    for number in range(40):
        (students / f"student{number}").mkdir(parents=True)
        (students / f"student{number}" / "work.zip").write_bytes(inner)
    result = collecting.Collection()
    before = len(os.listdir("/proc/self/fd"))
    files = list(collecting.folder_files(students, result))
    assert len(files) == 40
    assert len(os.listdir("/proc/self/fd")) == before
    assert files[0].read(1_000_000) == answered(RIGHT)


def test_an_archive_of_archives_without_end_is_refused_in_part(course, tmp_path):
    inner = archive(tmp_path / "inner.zip", [("tiny.ipynb", answered(RIGHT))]).read_bytes()
    many = archive(tmp_path / "many.zip", [(f"{number}.zip", inner) for number in range(30)]).read_bytes()
    moodle = archive(tmp_path / "moodle.zip", [("Eve_3_assignsubmission_file_/many.zip", many)])
    result = collect(course, moodle, NAME)
    assert any("more than 20 archives in an archive" in line for line in result.refused)
    assert handed_in(course) == {"Eve": answered(RIGHT)}


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root can give a file to another user")
def test_in_the_exchange_nobody_hands_in_under_another_name(course, tmp_path):
    inbound = tmp_path / "inbound"
    folders = {"ada+tiny+2026-05-01 10:00:00 UTC+aaa": RIGHT, "ada+tiny+2026-05-02 10:00:00 UTC+bbb": SUM}
    for folder, answers in folders.items():
        (inbound / folder).mkdir(parents=True)
        (inbound / folder / "tiny.ipynb").write_bytes(answered(answers))
    os.chown(inbound / folder / "tiny.ipynb", 65534, 65534)
    result = collect(course, inbound, NAME)
    assert handed_in(course) == {"ada": answered(RIGHT)}
    assert any("in the name of ada, but the file of another user" in line for line in result.foreign)
