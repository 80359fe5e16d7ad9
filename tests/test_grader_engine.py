"""The grading engine: rebuilding a submission, calling across the wall, and what each verdict says to whom."""

import base64
import json
import math
import subprocess
import sys
from pathlib import Path

import engine_course
import numpy as np
import pytest
from engine_course import ANSWERS, NAME, POINTS, SECRETS, TOTAL, student_notebook, submission

from grader import schedule
from grader.assignment import AssignmentError, load_assignment
from grader.engine import Worker
from grader.process import Limits
from grader.rebuild import Unusable, rebuild
from grader.result import PartResult, Result
from grader.wire import Decoder, Encoder, WireError


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return engine_course.make_course(tmp_path_factory.mktemp("engine") / "course")


@pytest.fixture(scope="module")
def assignment(course):
    return load_assignment(NAME, course.root)


@pytest.fixture(scope="module")
def worker(course, cache):
    """A worker that runs the tests of this module without a sandbox, so that they run anywhere."""
    with Worker(course.root, sandbox=False) as worker:
        yield worker


@pytest.fixture
def grade(worker):
    def grade(answers=None, **options):
        source = answers if isinstance(answers, bytes) else submission(answers)
        return worker.grade(source, NAME, "ada", **options)

    return grade


def lost(result):
    """The parts without full points, and their messages."""
    return {part.grade_id.removeprefix("test-"): part.message for part in result.parts if part.points < part.max_points}


# --- the instructor's notebook


def test_the_roles_of_cells_are_read_from_the_metadata(assignment):
    roles = [cell.role for cell in assignment.cells]
    assert roles == ["setup", "solution", "test", "demo", *["solution", "test"] * 4, "demo", "manual"]


def test_students_get_neither_solutions_nor_hidden_tests_nor_mark_schemes(assignment):
    released = "\n".join(cell.released for cell in assignment.cells)
    assert not [secret for secret in SECRETS if secret in released]
    assert "NotImplementedError" in released


def test_a_name_that_a_demo_imports_is_the_packages_own_in_later_tests(assignment):
    tests = {cell.identity: cell for cell in assignment.tests}
    assert tests["test-mean"].student_names == ("mean",)
    assert tests["test-centre"].student_names == ("centre",)  # its `mean` is NumPy's by then


def test_an_assignment_that_does_not_exist_is_named_with_those_that_do(course):
    with pytest.raises(AssignmentError, match="there are: engine, tiny"):
        load_assignment("step9", course.root)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda cells, book: cells["mean"].update(source="### BEGIN SOLUTION\n1"), "no end solution statement"),
        (lambda cells, book: cells["test-mean"].metadata.nbgrader.update(points=None), "'test-mean' needs a number"),
        (lambda cells, book: cells["why"].metadata.nbgrader.update(points="3"), "'why' needs a number of points"),
        (lambda cells, book: cells["keep-mean"].update(source="import ("), "'keep-mean' is not Python"),
        (lambda cells, book: book.metadata.grader.limits.update(call_seconds="60"), "call_seconds is no number"),
        (lambda cells, book: book.metadata.grader.limits.update(memory_bytes=2e9), "memory_bytes is no whole number"),
        (lambda cells, book: book.metadata.update(grader=[]), "metadata, grader, limits"),
    ],
)
def test_an_instructors_notebook_that_cannot_be_used_is_told_in_a_sentence(tmp_path, wrong, says):
    notebook = engine_course.instructor_notebook()
    wrong({cell.id: cell for cell in notebook.cells}, notebook)
    path = tmp_path / "solutions" / NAME / f"{NAME}.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(notebook))
    with pytest.raises(AssignmentError, match=rf"^engine\.ipynb.*{says}"):
        load_assignment(NAME, tmp_path)


# --- rebuild


@pytest.fixture
def grade_with(tmp_path):
    """Grades answers to the assignment after the sources of some of its cells were replaced."""

    def grade_with(answers, **sources):
        root = engine_course.make_course(tmp_path / str(len(list(tmp_path.iterdir())))).root
        notebook = engine_course.instructor_notebook()
        for cell in notebook.cells:
            cell.source = sources.get(cell.id.replace("-", "_"), cell.source)
        (root / "solutions" / NAME / f"{NAME}.ipynb").write_text(json.dumps(notebook))
        with Worker(root, sandbox=False) as worker:
            return worker.grade(submission(answers), NAME, "ada")

    return grade_with


def edited(change):
    """The bytes of a right submission after `change` was done to its notebook."""
    notebook = student_notebook()
    cells = {cell["id"]: cell for cell in notebook["cells"]}
    return json.dumps(change(notebook, cells) or notebook).encode()


def test_an_untouched_layout_gives_no_notes(assignment):
    assert rebuild(submission(), assignment).notes == ()
    assert rebuild(b"\xef\xbb\xbf" + submission(), assignment) == rebuild(submission(), assignment)  # as Windows saves

    def add_spaces(notebook, cells):
        cells["test-mean"]["source"] = [line.replace("\n", "  \n") for line in cells["test-mean"]["source"]] + ["\n\n"]

    assert rebuild(edited(add_spaces), assignment).notes == ()


PNG = base64.b64encode(b"\x89PNG a photo of a page").decode()


def test_what_is_written_below_an_answer_for_the_instructor_is_part_of_it(assignment):
    def change(notebook, cells):
        at = notebook["cells"].index(cells["why"])
        own = {"cell_type": "markdown", "id": "own", "metadata": {}, "source": "Here is my proof."}
        elsewhere = {"cell_type": "markdown", "id": "else", "metadata": {}, "source": "A note to myself."}
        notebook["cells"][at + 1 : at + 1] = [own]
        notebook["cells"].insert(0, elsewhere)

    rebuilt = rebuild(edited(change), assignment)
    assert rebuilt.sources["why"].endswith("\nHere is my proof.")
    assert not any("myself" in source for source in rebuilt.sources.values())
    assert rebuilt.notes == ("The text of your own below 'why' was added to that answer.",)

    def change_nothing(notebook, cells):
        notebook["cells"].reverse()  # now the answer comes first, and others stand between it and the text
        own = {"id": "own", "metadata": {}, "source": "2 + 2"}
        notebook["cells"].insert(1, {"cell_type": "code", **own})
        notebook["cells"].append({"cell_type": "markdown", **own})

    assert rebuild(edited(change_nothing), assignment).sources["why"] == "Because."


def test_photos_in_an_answer_for_the_instructor_are_kept_and_nothing_else_that_is_attached(assignment):
    def change(notebook, cells):
        cells["why"]["source"] = "![](attachment:my%20page.png) ![](attachment:x.svg)"
        cells["why"]["attachments"] = {
            "my page.png": {"image/png": PNG, "text/html": "<script>"},
            "unused.png": {"image/png": PNG},
            "x.svg": {"image/svg+xml": "<svg onload=...>"},
            "broken.png": {"image/png": "<script>"},
        }
        cells["mean"]["attachments"] = {"my page.png": {"image/png": PNG}}

    rebuilt = rebuild(edited(change), assignment)
    ((name, picture),) = rebuilt.pictures.pop("why").items()
    assert picture == {"image/png": PNG}
    assert f"![](attachment:{name})" in rebuilt.sources["why"]
    other = edited(change).replace(PNG.encode(), b"AAAA")
    assert rebuild(other, assignment).sources["why"] != rebuilt.sources["why"], "another photo is another answer"
    assert rebuilt.pictures == {}


def test_an_attachment_whose_name_is_no_text_is_no_photo_and_stops_nothing(assignment):
    def change(notebook, cells):
        cells["why"]["attachments"] = {"\ud800.png": {"image/png": PNG}}

    rebuilt = rebuild(edited(change), assignment)
    assert rebuilt.pictures == {}
    assert rebuilt.sources == rebuild(submission(), assignment).sources


def test_lines_are_counted_as_python_counts_them(assignment):
    def change(notebook, cells):
        cells["mean"]["source"] = ["\n", "  \n", *cells["mean"]["source"]]

    assert rebuild(edited(change), assignment).sources == rebuild(submission(), assignment).sources


def test_the_package_s_own_function_as_an_answer_waits_for_the_instructor(tmp_path):
    root = engine_course.make_course(tmp_path).root
    path = root / "solutions" / NAME / f"{NAME}.ipynb"
    path.write_text(path.read_text().replace("from numpy import mean", "from chainrule.layers import relu as mean"))
    assignment = load_assignment(NAME, root)
    for answer, taken in [
        ("from chainrule.layers import relu as mean", True),
        ("def mean(values):\n    return layers.relu(values)", True),
        ("import chainrule\ndef mean(values):\n    return chainrule.layers.relu(values)", True),
        ("import chainrule.layers as package\nmean = package.relu", True),
        ("from chainrule import layers as package\nmean = package.relu", True),
        ("%matplotlib inline\nfrom chainrule.layers import relu as mean", True),
        ("from chainrule.layers import *\nmean = relu", True),
        ("from chainrule.losses import *\nmean = entropy", False),
        ("from chainrule_like.layers import *\nmean = relu", False),
        ("from . import *\nmean = relu", False),
        ("import numpy.linalg as package\nmean = package.relu", False),
        ("from chainrule.layers import sigmoid", False),
        ("def mean(values):\n    return values.relu()", False),
        ("def mean(", False),
    ]:
        rebuilt = rebuild(submission({"mean": answer}), assignment)
        assert rebuilt.needs_review == ("the package's own function is the answer to mean" if taken else "")
        assert any("hands on the package's own function" in note for note in rebuilt.notes) == taken


def test_shell_commands_stop_no_cell_and_start_nothing(grade):
    result = grade({"mean": "%pip install scipy\nfiles = !ls\n!touch made\n" + ANSWERS["mean"]})
    assert result.points == TOTAL
    assert "Not run, there are no other programs here: touch made" in str(result.outputs["mean"])


def test_what_a_visible_test_imports_is_there_for_later_answers_as_in_a_notebook(grade_with):
    test = "from math import tau\n" + engine_course.TESTS["mean"]
    answer = "def centre(values):\n    return values - my_mean(values) + 0 * tau"
    assert grade_with({"centre": answer}, test_mean=test).points == TOTAL


def edit_test(notebook, cells):
    cells["test-mean"]["source"] = "pass"


def delete_test(notebook, cells):
    notebook["cells"].remove(cells["test-mean"])


def repeat_test(notebook, cells):
    notebook["cells"].append(cells["test-mean"])


def reverse(notebook, cells):
    notebook["cells"].reverse()


def own_cell(notebook, cells):
    notebook["cells"].insert(0, {"cell_type": "code", "id": "mine", "metadata": {}, "source": "mean = 3"})


def retag(notebook, cells):
    cells["mean"]["metadata"]["nbgrader"]["solution"] = False


def make_answer_markdown(notebook, cells):
    cells["mean"]["cell_type"] = "markdown"


def drop_metadata(notebook, cells):
    for cell in notebook["cells"]:
        del cell["metadata"]["nbgrader"]


def drop_ids(notebook, cells):
    for cell in notebook["cells"]:
        del cell["id"]


def repeat_ids(notebook, cells):
    for cell in notebook["cells"]:
        cell["id"] = "same"


def add_skip_tags(notebook, cells):
    for cell in notebook["cells"]:
        cell["metadata"]["tags"] = ["skip-execution", "raises-exception"]


def r_kernel(notebook, cells):
    notebook["metadata"] = {"kernelspec": {"name": "ir", "language": "R"}, "language_info": {"name": "R"}}


def split_answer(notebook, cells):
    first, second = dict(cells["mean"]), dict(cells["mean"])
    first["source"], second["source"] = "total = sum", "def mean(values):\n    return total(values) / len(values)"
    place = notebook["cells"].index(cells["mean"])
    notebook["cells"][place : place + 1] = [first, second]


def old_format(notebook, cells):
    old = [
        {"cell_type": cell["cell_type"], "metadata": cell["metadata"], "language": "python", "outputs": []}
        | {"input" if cell["cell_type"] == "code" else "source": cell["source"]}
        for cell in notebook["cells"]
    ]
    return {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [{"cells": old}]}


ODDITIES = {
    edit_test: "test cell 'test-mean' was edited; the original was used",
    delete_test: "test cell 'test-mean' is missing; the original was used",
    repeat_test: "test cell 'test-mean' is there 2 times",
    reverse: "Cells were moved",
    own_cell: "1 code cell of your own not used",
    retag: "settings of the cell 'mean' were changed",
    make_answer_markdown: "'mean' is no longer a code cell",
    drop_metadata: "settings of the cell 'mean' were changed",
    drop_ids: None,
    repeat_ids: None,
    add_skip_tags: None,
    r_kernel: "says that it is written in r; it was run as Python",
    split_answer: "'mean' is there 2 times; all were run, in order",
    old_format: None,
}


@pytest.mark.parametrize("change", ODDITIES, ids=lambda change: change.__name__)
def test_right_answers_in_an_odd_file_score_in_full_and_the_oddity_is_noted(change, grade, assignment):
    result = grade(edited(change))
    assert lost(result) == {}
    assert ODDITIES[change] is None or any(ODDITIES[change] in note for note in result.notes), result.notes
    assert rebuild(edited(change), assignment).sources["why"] == "Because."


UNUSABLE = {
    "empty": b"",
    "blank": b" \n ",
    "truncated": submission()[: len(submission()) // 2],
    "binary": bytes(range(256)) * 50,
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(1000),
    "huge": b'{"cells": "' + b"x" * 30_000_000,
    "deeply nested": b"[" * 200_000,
    "a list": b"[]",
    "no format": b'{"cells": []}',
    "a strange format": b'{"nbformat": 99, "cells": []}',
    "no cells": b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}}',
    "another notebook": b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": "code"}]}',
    "cells that are none": b'{"nbformat": 4, "metadata": 3, "cells": [1, null, {"metadata": [], "source": 5}]}',
}


@pytest.mark.parametrize("content", UNUSABLE.values(), ids=UNUSABLE)
def test_a_file_that_is_no_notebook_scores_zero_and_says_why(content, assignment, grade):
    with pytest.raises(Unusable, match=r"[A-Z].*(\.|hand it in again|JupyterLab\.)$"):
        rebuild(content, assignment)
    result = grade(content)
    assert result.points == 0
    assert result.needs_review
    assert result.needs_review == result.parts[0].message


# --- the wire


def through_the_wire(value):
    encoder = Encoder(lambda value: ["o", 0, type(value).__name__, False])
    form = json.loads(json.dumps(encoder.encode(value), allow_nan=False))
    return Decoder(b"".join(encoder.blobs), lambda tag, rest: ("opaque", rest[1])).decode(form)


class Liar(float):
    __eq__ = __gt__ = __lt__ = lambda self, other: True
    __hash__ = None


class LyingArray(np.ndarray):
    def __eq__(self, other):
        return np.True_


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        -3,
        2**200,
        0.1,
        math.inf,
        -math.inf,
        "ß\x00🙂",
        1 + 2j,
        (1, (2,)),
        [1, [2.5]],
        [[[[1.5], {"b": [(2, [3])]}]]],
        {"a": (1,), 2: []},
        {1, 2},
    ],
    ids=repr,
)
def test_plain_values_arrive_as_they_were(value):
    arrived = through_the_wire(value)
    assert arrived == value
    assert type(arrived) is type(value)


def test_nan_arrives_as_nan_and_is_equal_to_nothing():
    arrived = through_the_wire([math.nan, np.float32("nan")])
    assert [value == value for value in arrived] == [False, False]


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", "i1", "u1", "i8", "?", "c16", "U3", ">f8"])
@pytest.mark.parametrize("shape", [(), (1,), (0, 3), (2, 3)], ids=str)
def test_arrays_arrive_with_their_shape_and_dtype(dtype, shape):
    array = np.arange(6)[: math.prod(shape)].reshape(shape).astype(dtype)
    arrived = through_the_wire(array)
    assert type(arrived) is np.ndarray
    assert (arrived.dtype, arrived.shape) == (array.dtype, array.shape)
    assert (arrived == array).all()


def test_subclasses_arrive_as_what_they_are_based_on():
    arrived = through_the_wire([Liar(3), np.zeros(2).view(LyingArray), np.ma.masked_array([1.0], mask=[True])])
    assert [type(value) for value in arrived] == [float, np.ndarray, np.ndarray]
    assert arrived[0] != 4


def test_arrays_of_objects_and_other_objects_stay_outside():
    assert through_the_wire([np.array([Liar(1)], dtype=object), Ellipsis]) == [
        ("opaque", "ndarray"),
        ("opaque", "ellipsis"),
    ]


def test_one_object_stays_one_object_even_in_a_loop():
    array, ring = np.ones(2), []
    ring.append(ring)
    first, second, loop = through_the_wire([array, array, ring])
    assert first is second
    assert loop[0] is loop


def test_nesting_without_end_does_not_come_through():
    value = []
    for _ in range(10_000):
        value = [value]
    arrived = through_the_wire(value)
    assert "opaque" in repr(arrived)


def test_a_generator_can_only_come_back_as_far_on_as_draws_lead():
    generator = np.random.default_rng(3)
    drawn, other = np.random.default_rng(3), np.random.default_rng(4)
    drawn.normal(size=1000)
    forged = np.random.default_rng(3)
    forged.bit_generator.state = {
        **forged.bit_generator.state,
        "state": {**drawn.bit_generator.state["state"], "state": 5},
    }

    def give_back(one):
        Decoder(b"", None, [generator]).write_back(0, json.loads(json.dumps(Encoder(None).encode(one))))

    give_back(drawn)
    assert generator.normal() == drawn.normal()
    turned, state = np.random.default_rng(3), drawn.bit_generator.state
    turned.bit_generator.state = {**state, "state": {**state["state"], "inc": 1}}
    # another stream, a state made up, another increment, a state drawn back
    for one in (other, forged, turned, np.random.default_rng(3)):
        with pytest.raises(WireError, match="came back as another one"):
            give_back(one)


@pytest.mark.parametrize(
    "form",
    [
        ["a", "<f8", [10**12], 0, True], ["a", "<f8", [-1], 0, True], ["a", "<f8", [1], 10**9, True],
        ["a", "|O", [1], 0, True], ["a", "<f8,<f8", [1], 0, True], ["a", 3, [1], 0, True], ["a", "<f8", [1.5], 0, True],
        ["a", "<U0", [3], 0, True], ["s", 0], ["s", -1], ["d", [[["l", []], 1]]], ["d", [1]], ["t", 1], ["l"],
        ["f", "0"], ["c", "a", "b"], [], [1], {}, ["g", "PCG64", {}], ["g", "__class__", {}], ["T", "O"], ["n", "<f8"],
        ["e", [["l", []]]],
    ],
    ids=repr,
)  # fmt: skip
def test_malformed_values_are_refused(form):
    def resolve(tag, rest):
        raise WireError("unknown")

    with pytest.raises(WireError):
        Decoder(b"12345678", resolve).decode(form)


# --- verdicts


def test_right_answers_score_in_full(grade):
    result = grade()
    assert (result.points, result.max_points) == (TOTAL, TOTAL)
    assert result.notes == ()
    assert result.needs_review == ""
    assert [part.verdict for part in result.parts] == ["passed"] * 5


def test_a_result_survives_json(grade):
    result = grade({"mean": "1/0"})
    assert Result.from_json(result.to_json()) == result


@pytest.mark.parametrize("points", [math.nan, math.inf, -1, 3])
def test_points_outside_their_range_are_refused(points):
    with pytest.raises(ValueError, match="test-a"):
        PartResult("test-a", points, 2, verdict="passed")


def test_the_released_notebook_scores_zero_and_says_not_answered_yet(worker, assignment, grade):
    released = {cell.identity: cell.released for cell in assignment.of_role("solution")}
    result = grade(released)
    assert result.points == 0
    assert set(lost(result).values()) == {"Not answered yet."}


def test_a_mistake_costs_its_own_part_only(grade):
    assert set(lost(grade({"mean": "def mean(values):\n    return values.sum()"}))) == {"mean"}


def test_outputs_of_the_students_cells_are_kept(grade):
    result = grade({"mean": ANSWERS["mean"] + "\nprint('hello')\nmean(np.ones(2))"})
    assert [output["output_type"] for output in result.outputs["mean"]] == ["stream", "execute_result"]
    assert result.outputs["show"][0]["text"] == "my mean: 1.5\n"


def test_of_a_cell_that_clears_what_it_showed_the_last_is_kept_however_much_there_was_before(grade):
    shows = "from IPython.display import clear_output\nfor number in range(30):\n    clear_output(wait=True)\n"
    shows += "    print('x' * 40_000, number)\n"
    (shown,) = grade({"mean": shows + ANSWERS["mean"]}).outputs["mean"]
    assert shown["text"].endswith("x 29\n")


def test_of_html_that_a_cell_shows_only_the_figure_in_it_is_kept(grade):
    shows = """
from IPython.display import HTML, display
from chainrule.plots import plt, show
figure, axes = plt.subplots(figsize=(1, 1))
show(figure, "an empty square")
display(HTML('<script>alert(1)</script>'))
display(HTML('<img src="data:image/png;base64,AAAA" onerror="alert(1)"> <img src="data:image/png;base64,A<A">'))"""
    first, script, image = grade({"mean": ANSWERS["mean"] + shows}).outputs["mean"]
    assert set(first["data"]) == {"image/png", "text/plain"}
    assert base64.b64decode(first["data"]["image/png"], validate=True).startswith(b"\x89PNG")
    assert first["data"]["text/plain"] == "[figure: an empty square]"
    assert set(script["data"]) == {"text/plain"}
    assert image["data"]["image/png"] == "AAAA"
    assert "onerror" not in str(image)


def test_a_cell_that_is_interrupted_asks_for_review_and_the_student_reads_why(grade):
    result = grade({"walk": "while True:\n    pass"}, limits=Limits(cell_seconds=1))
    words = "`walk` is not defined, because the cell 'walk' ran longer than 1 seconds and was stopped"
    assert lost(result) == {"walk": words}
    assert result.needs_review == "The cell 'walk' ran longer than 1 seconds and was stopped."
    assert result.needs_review in result.notes


def test_a_visible_test_speaks_in_full(grade):
    assert lost(grade({"mean": "def mean(values):\n    return 7"})) == {"mean": "The mean of 1 and 3 is 2, not 7."}


def test_a_hidden_test_speaks_only_the_words_in_its_source(grade):
    result = grade({"mean": "def mean(values):\n    return 2.0"})
    assert lost(result) == {"mean": "The mean is wrong on other numbers."}
    assert result.parts[0].detail.startswith("In a hidden test, line 5 of test-mean.")


def test_a_hidden_test_without_plain_words_says_only_that_it_failed(grade):
    a_list = "def walk(random, steps):\n    return np.cumsum(random.normal(size=steps)).tolist()"
    words = "A hidden test could not use what your code gave back (AttributeError)."
    assert lost(grade({"walk": a_list})) == {"walk": words}
    close = "def centre(values):\n    return values - np.mean(values) + 1e-6"
    result = grade({"centre": close})
    assert lost(result) == {"centre": "A hidden test of this part failed."}
    assert "31.4159" in result.parts[1].detail
    short = "def walk(random, steps):\n    return np.cumsum(random.normal(size=steps))[:5]"
    assert lost(grade({"walk": short})) == {"walk": "A hidden test of this part failed."}


def test_an_exception_in_a_visible_test_is_shown_with_the_students_line(grade):
    result = grade({"mean": "def mean(values):\n    raise ValueError(f'what is {values[0]}?')"})
    line = "raise ValueError(f'what is {values[0]}?')"
    assert lost(result) == {"mean": f"Your code raised ValueError (what is 1.0?) in line 2 of your cell 'mean': {line}"}


def test_an_exception_in_a_hidden_test_does_not_tell_the_inputs(grade):
    sly = "def mean(values):\n    if len(values) == 7:\n        raise ValueError(str(values))\n    return values.mean()"
    result = grade({"mean": sly})
    assert lost(result) == {
        "mean": "Your code raised ValueError in line 3 of your cell 'mean': raise ValueError(str(values))"
    }
    assert lost(grade({"mean": sly + "\n#" * 200})) == {"mean": "Your code raised ValueError"}, "nor by a line of many"


def test_an_exception_type_made_up_of_hidden_inputs_is_not_named(grade):
    sly = "def mean(values):\n    if len(values) == 7:\n        raise type(str(values[0]), (KeyError,), {})()\n"
    (message,) = lost(grade({"mean": sly + "    return values.mean()"})).values()
    assert message.startswith("Your code raised an exception of its own in line 3")
    sly = sly.replace("raise type(str(values[0]), (KeyError,)", "return type(str(values[0]), (object,)")
    result = grade({"mean": sly + "    return values.mean()"})
    assert lost(result) == {"mean": "Your code gave back what a test cannot use."}


def test_a_missing_function_is_named_with_the_reason(grade):
    assert lost(grade({"walk": "def wakl(): pass"})) == {"walk": "You have not defined `walk`."}
    assert lost(grade({"walk": " "})) == {"walk": "Not answered yet: the cell 'walk' is empty."}
    (message,) = lost(grade({"walk": "x = 1\ndef walk(:\n    pass"})).values()
    assert message.startswith("`walk` is not defined, because the cell 'walk' stopped: SyntaxError")
    assert message.endswith("in line 2: def walk(:")


def test_an_argument_changed_in_place_is_seen_by_the_test(grade):
    in_place = "def centre(values):\n    values -= values.mean()\n    return values"
    assert lost(grade({"centre": in_place})) == {"centre": "centre must not change its argument."}


def test_a_generator_comes_back_as_far_as_it_was_drawn_from(grade):
    greedy = "def walk(random, steps):\n    return np.cumsum(random.normal(size=steps + 1))[:steps]"
    assert lost(grade({"walk": greedy})) == {"walk": "walk should draw each step once."}


def test_a_function_of_the_tests_is_called_across_the_wall(grade):
    one_sided = "def derivative(function, x):\n    return (function(x + 1e-3) - function(x)) / 1e-3"
    assert set(lost(grade({"derivative": one_sided}))) == {"derivative"}
    wrong = "def derivative(function, x):\n    return function('a') or 6.0"
    (message,) = lost(grade({"derivative": wrong})).values()
    assert "the function that was passed in raised TypeError" in message


def test_an_array_changed_in_place_is_seen_by_the_tests_function_too(grade_with):
    """A gradient checker shifts a number of an array that the test's function looks at, calls it, puts it back."""
    checker = """def derivative(function, x):
    below = function(x)
    x += 1e-6
    above = function(x)
    x -= 1e-6
    return (above - below) / 1e-6"""
    test = """x = np.array([3.0])
assert abs(derivative(lambda _: (x**2).sum(), x) - 6.0) < 1e-3
assert abs(x[0] - 3.0) < 1e-9"""
    assert lost(grade_with({"derivative": checker}, test_derivative=test)) == {}
    left_moved = checker.replace("x -= 1e-6", "x -= 1e-7")
    assert set(lost(grade_with({"derivative": left_moved}, test_derivative=test))) == {"derivative"}


def test_data_of_a_setup_cell_that_a_students_function_changes_are_as_before_in_the_next_test(grade_with):
    in_place = "def centre(values):\n    values -= values.mean()\n    return values"
    setup = "import numpy as np\nfrom chainrule.check import hidden_random\ndata = np.array([1.0, 3.0])"
    change = "centre(data)\nassert (data == [1.0, 3.0]).all(), 'changed'"
    result = grade_with({"centre": in_place}, setup=setup, test_centre=change, test_walk="assert data[0] == 1.0")
    assert lost(result) == {"centre": "changed"}


def test_opaque_objects_can_only_be_passed_back(grade):
    result = grade({"settings": "def settings(rate, **_):\n    return object()"})
    assert lost(result) == {
        "settings": "Your code gave back what a test cannot use: a object where plain data is expected."
    }


def test_warnings_on_stderr_cost_nothing(grade):
    noisy = "import sys, warnings\ndef mean(values):\n    warnings.warn('!')\n    print('!', file=sys.stderr)\n"
    assert lost(grade({"mean": noisy + "    np.log(0.0)\n    return values.sum() / len(values)"})) == {}


def test_what_one_test_leaves_behind_does_not_reach_the_next(grade):
    state = "calls = []\ndef mean(values):\n    calls.append(1)\n    return values.mean()\nmean(np.ones(1))"
    result = grade({"mean": state, "settings": ANSWERS["settings"] + "\nprint(len(calls))"})
    assert lost(result) == {}
    assert result.outputs["settings"][0]["text"] == "1\n"


def test_several_seeds_are_judged_apart_on_one_run_of_the_cells(worker):
    state = "calls = []\ndef mean(values):\n    calls.append(1)\n    return values.mean() if len(calls) < 3 else 0.0"
    results = worker.grade_seeds(submission({"mean": state}), NAME, "ada", [0, 1, 2])
    assert [lost(result) for result in results] == [{}, {}, {}]


def test_hidden_inputs_depend_on_the_seed(worker):
    remembered = "def mean(values):\n    return 2.0 if len(values) == 2 else {} "
    seen = np.random.default_rng(5).normal(size=7) + 31.4159
    answers = submission({"mean": remembered.format(float(seen.mean()))})
    first, second = worker.grade_seeds(answers, NAME, "ada", [5, 6])
    assert (set(lost(first)), set(lost(second))) == (set(), {"mean"})


def test_words_from_the_student_come_cleaned(grade):
    result = grade({"mean": "def mean(values):\n    raise ValueError('\\x1b[2J\\ud800' + 'x' * 10_000)"})
    (message,) = lost(result).values()
    assert message.isprintable()
    assert len(message) < 2500
    assert sum(POINTS.values()) - result.points == POINTS["mean"]


def test_all_code_that_takes_part_in_a_verdict_regrades_when_it_changes_and_no_other_does():
    script = (
        "import sys, grader.engine, grader.worker, grader.inside, grader.shell; "
        "print(*[name.partition('.')[2] for name in sys.modules if name.startswith('grader.')])"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    modules = {path.stem for path in Path(schedule.__file__).parent.glob("*.py")} - {"__init__"}
    assert modules - set(run.stdout.split()) == schedule.OUTER


@pytest.mark.skipif(sys.platform != "linux", reason="the sandbox and its limits are Linux's")
def test_a_machine_with_tighter_limits_of_its_own_keeps_them():
    script = (
        "import resource as r; r.setrlimit(r.RLIMIT_FSIZE, (5_000_000, 5_000_000)); "
        "from grader.confine import limit_resources; limit_resources(2**34, 100_000_000, 60); "
        "print(r.getrlimit(r.RLIMIT_FSIZE)[1], r.getrlimit(r.RLIMIT_CPU)[1])"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert run.stdout.split() == ["5000000", "60"]
