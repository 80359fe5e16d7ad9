"""The report: hard parts are hard, known mistakes have names, copies stand out and honest work does not."""

import numpy as np
import pytest
from tiny_course import NAME, PROJECT

from grader import similarity
from grader.analysis import chaff_results, clusters, items, nearest, signature
from grader.assignment import load_assignment
from grader.export import harmless
from grader.report import _remark
from grader.result import FAILED, NO_VERDICT, PASSED, PartResult, Result
from grader.scores import PartScore, StudentScores
from grader.similarity import shingles, similar_pairs, tokens
from grader.variants import CHAFF, Variant

LONG = """
def train(inputs, targets, rate, steps):
    weights = np.zeros((inputs.shape[1], {columns}))
    history = []
    for step in range(steps):
        outputs = inputs @ weights
        difference = outputs - targets
        gradient = inputs.T @ difference / len(inputs)
        weights -= rate * gradient
        history.append(({power} * difference ** {power}).mean())
        if step % {every} == 0 and history[-1] < {limit}:
            break
    return weights, history, {columns} + {every}
"""


def row(student, **points):
    """A gradebook row of parts worth 10 each."""
    return StudentScores(
        student, "key", parts={name: PartScore(value, 10, False, False) for name, value in points.items()}
    )


def test_difficulty_and_discrimination_are_what_the_textbook_says():
    rows = [row(str(n), a=10 * (n >= 5), b=10 * (n >= 5), c=10 * (n < 5), d=10) for n in range(10)]
    a, b, c, d = items(rows)
    assert (a.difficulty, d.difficulty) == (0.5, 1.0)
    assert d.discrimination is None
    scores = np.array([[part.score for part in one.parts.values()] for one in rows])
    assert a.discrimination is None, "b and c cancel: the rest never varies"
    assert c.discrimination == pytest.approx(np.corrcoef(scores[:, 2], scores[:, [0, 1, 3]].sum(axis=1))[0, 1])
    assert c.discrimination == pytest.approx(-1)
    assert b.waiting == 0
    rows[0].parts["d"] = PartScore(0, 10, False, True)
    assert (items(rows)[3].difficulty, items(rows)[3].waiting) == (1.0, 1), "what waits is not yet a failure"


def test_a_part_without_points_has_no_difficulty():
    rows = [row(str(n), a=10 * (n % 2)) for n in range(10)]
    for one in rows:
        one.parts["b"] = PartScore(0, 0, False, False)
    assert items(rows)[1].difficulty is None
    assert _remark(items(rows)[1], 10) == "worth no points"


def failed(student, detail, message="words"):
    """A result whose only part failed so."""
    return Result(student, "x", (PartResult("test-a", 0, 5, message, detail, 0, FAILED),))


def detail(line, error):
    """What the judge notes for the instructor."""
    return f"In a hidden test, line {line} of test-a.\nTraceback (most recent call last):\n  File ...\n{error}\n"


def test_failures_get_the_name_of_the_chaff_that_fails_alike_and_others_their_own():
    sum_error, sign_error = detail(3, "AssertionError: got 4.0"), detail(3, "AssertionError: got -2.0")
    variant = Variant("sum_for_mean", CHAFF, "sum instead of mean", "test-a", {"a": "def f(x):\n    return x.sum()"})
    results = {name: failed(name, sum_error) for name in ("anna", "bert")} | {"carl": failed("carl", sign_error)}
    results["dora"] = Result("dora", "x", (PartResult("test-a", 5, 5, verdict=PASSED),))
    assignment = load_assignment("step1-single-linear-perceptron", PROJECT)
    first, second = clusters(assignment, results, {}, [(variant, failed("sum_for_mean", sum_error))])
    assert (first.chaff, first.students) == ("sum instead of mean", ("anna", "bert"))
    assert (second.chaff, second.words, second.students) == ("", "words", ("carl",))
    assert signature(results["anna"].parts[0]) != signature(results["carl"].parts[0])


def test_a_known_mistake_that_got_no_verdict_is_graded_again(course, monkeypatch):
    verdicts = [NO_VERDICT, FAILED]

    def grade_seeds(self, source, name, student, seeds, skip):
        return [Result(student, name, (PartResult("test-mean", 0, 5, verdict=verdicts.pop(0)),))]

    monkeypatch.setattr("grader.analysis.Worker.grade_seeds", grade_seeds)
    assignment = load_assignment(NAME, course.root)
    for verdict in (NO_VERDICT, FAILED, FAILED):
        ((_, found),) = chaff_results(course, assignment, {"test-mean"})
        assert found.parts[0].verdict == verdict


def test_of_chaffs_that_fail_alike_the_one_whose_source_is_nearest_is_named():
    total = Variant("total", CHAFF, "sum", "test-a", {"a": "def f(x):\n    return np.sum(x)"})
    loop = Variant("loop", CHAFF, "loop", "test-a", {"a": "def f(x):\n    for y in x:\n        z = y\n    return z"})
    assert nearest([total, loop], {"a": "def f(q):\n    for r in q:\n        s = r\n    return s"}) is loop
    assert nearest([total, loop], {"a": "def g(q):\n    return np.sum(q)"}) is total
    assert nearest([], {}) is None


def test_renamed_copies_stand_out_and_what_everybody_writes_does_not():
    random = np.random.default_rng(0)
    common = "def double(values):\n    return 2 * values  # as the lecture says, twice each of the values"
    sources = {}
    for number in range(40):
        columns, power, every, limit = random.integers(2, 1000, 4)
        own = LONG.format(columns=columns, power=power, every=every, limit=limit)
        own += "\n".join(f"x{random.integers(9)} = y + {n}" for n in random.integers(0, 1000, 6))
        sources[f"student{number}"] = f"{common}\n{own}"
    sources["copy"] = sources["student7"].replace("weights", "w").replace("history", "losses").replace("    ", "  ")
    released = shingles([("def double(values):\n    raise NotImplementedError", tokens)])
    found = similar_pairs({name: shingles([(source, tokens)]) - released for name, source in sources.items()})
    assert [(pair.first, pair.second) for pair in found] == [("student7", "copy")]
    assert found[0].similarity == pytest.approx(1)


def test_short_equal_answers_accuse_nobody():
    short = "def double(values):\n    return 2 * values"
    assert similar_pairs({str(n): shingles([(short, tokens)]) for n in range(20)}) == []
    assert similar_pairs({}) == []
    assert similar_pairs({"a": set(), "b": set(), "c": set()}) == []


def test_two_who_share_much_that_is_rare_resemble_each_other_and_nobody_else(monkeypatch):
    assert shingles([("1 2 3 4 5 6 7", str.split)]) == {"1 2 3 4 5 6", "2 3 4 5 6 7"}
    rows = lambda name, count: {f"{name} {number}" for number in range(count)}  # noqa: E731
    written = {str(number): rows(number, 100) for number in range(20)}
    written |= {"few": rows("short", 15), "the same few": rows("short", 15)}
    written |= {name: rows("half", 50) | rows(name, 50) for name in ("half", "the same half")}
    written |= {name: rows("most", 90) | rows(name, 10) for name in ("most", "the same most")}
    written |= {"all": rows("all", 100), "the same all": rows("all", 100)}
    everything = {name: own | rows("what everybody writes", 1000) for name, own in written.items()}
    found = similar_pairs(everything)
    assert [(pair.first, pair.second) for pair in found] == [("all", "the same all"), ("most", "the same most")]
    monkeypatch.setattr(similarity, "BLOCK", 1)
    assert similar_pairs(everything) == found


def test_source_that_does_not_parse_still_has_tokens():
    assert tokens("def f(:\n  'unfinished") != []
    assert tokens("x = 1\n") == tokens("y = 1\n") != tokens("y = 2\n")


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1", " =1", "＝1"])
def test_no_text_cell_of_an_export_is_a_formula(value):
    assert harmless(value) == f"'{value}"


def test_numbers_of_an_export_stay_numbers():
    assert [harmless(value) for value in (-1.5, 0.0, 7, "4711", "O'Neil")] == ["-1.5", "0", "7", "4711", "O'Neil"]
