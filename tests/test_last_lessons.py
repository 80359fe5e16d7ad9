"""Lesson 10 also with full MNIST, lesson 12 also without PyTorch; and figures quoted from the benchmarks are theirs."""

import json
import os
import re

import nbformat
import pytest
from lessons import COURSE, execute

from benchmarks.capstone import TRIALS
from chainrule.network import MLP

RESULTS = COURSE.parent / "benchmarks" / "results"


def run(lesson, folder):
    result = execute(COURSE / f"{lesson}.ipynb", folder)
    assert not result.errors, result.errors[0]
    assert not result.stderr
    assert not result.wrong_numbers
    return "".join(output.get("text", "") for cell in result.cells for output in cell.get("outputs", []))


def test_lesson_10_holds_with_full_mnist_too(tmp_path):
    if not os.environ.get("CHAINRULE_DATA"):
        pytest.skip("CHAINRULE_DATA is not set to a folder with the four MNIST files")
    assert "Data: the full MNIST" in run("10-reading-digits", tmp_path)


def test_lesson_12_says_in_a_sentence_that_pytorch_is_missing_and_goes_on(tmp_path, offline, monkeypatch):
    (tmp_path / "without").mkdir()
    (tmp_path / "without" / "torch.py").write_text("raise ImportError('not installed')\n")
    (tmp_path / "course").mkdir()
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "without"))
    assert "PyTorch is not installed here" in run("12-beyond", tmp_path / "course")


def measured(name):
    """What a benchmark wrote, and the cells of lesson 12 by name."""
    cells = nbformat.read(COURSE / "12-beyond.ipynb", as_version=4).cells
    return json.loads((RESULTS / f"{name}.json").read_text()), {cell.id: cell.source for cell in cells}


def test_lesson_12_states_the_capstones_measured_numbers():
    capstone, source = measured("capstone")
    first_three = capstone["accuracies"][:3]
    for accuracy in [*first_three, sum(first_three) / 3]:
        assert f"{accuracy:.2f} %" in source["capstone"]
    assert f"{capstone['averaged']:.2f} %, {len(capstone['wrong'])} mistakes" in source["capstone-average"]
    assert f"{len(capstone['wrong'])} digits" in source["capstone-after"]


def test_lesson_12_states_the_trials_that_the_recipe_was_chosen_from():
    accuracies, source = measured("capstone-trials")
    assert accuracies.keys() == TRIALS.keys()
    for name, accuracy in accuracies.items():
        assert f"| {name} | {TRIALS[name].epochs} | {accuracy:.2f} % |" in source["capstone"]


def test_lesson_12_states_the_long_runs_measured_numbers():
    (patience, source), (votes, _) = measured("record-patience"), measured("record-votes")
    p, v = ([f"{accuracy:.2f} %" for accuracy in plan["accuracies"]] for plan in (patience, votes))
    for plan, alone in ((patience, ", ".join(p)), (votes, f"{v[0]}, {v[1]}; {v[2]}, {v[3]}")):
        together = f"{plan['averaged']:.2f} %, {len(plan['wrong'])} mistakes"
        assert f"{plan['minutes']:.0f} minutes | {alone} | {together} |" in source["record-after"]
    assert f"{len(patience['wrong'].keys() & votes['wrong'].keys())} are the *same digits*" in source["record-after"]
    larger, ours = MLP((784, 2500, 2000, 1500, 1000, 500, 10)), MLP((784, 1000, 500, 10))
    assert round(sum(p.size for p in larger.parameters) / sum(p.size for p in ours.parameters)) == 9
    assert "nine times as many weights" in source["record"]


def test_lesson_12_states_the_lectures_numbers_as_they_came_out_again():
    lectures, source = measured("lectures")
    tried = re.findall(r"\| (?:linear|sigmoid) \| [\d.]+ \| (0\.\d+) \|", (RESULTS / "lectures.md").read_text())
    assert len(tried) == 5
    assert f"reached from {min(tried)} to {max(tried)} there" in source["lectures-again"]
    for name, row in lectures.items():
        assert f"| {name} | {row['printed']} | {row['mean']:.4f} ± {row['sd']:.4f} |" in source["lectures-again"]


def test_the_readme_quotes_figures_that_were_measured():
    readme = (COURSE.parent / "README.md").read_text()
    quoted = re.findall(r"\| ([\d.]+)[^|\n]*\| \[(\w+)\]\(benchmarks/results/", readme)
    assert len(quoted) == 3
    for figure, part in quoted:
        assert figure in (RESULTS / f"{part}.md").read_text(), f"the README's {figure} is not in {part}.md"


def test_the_instructors_guide_quotes_the_ratio_that_was_measured():
    guide = (COURSE.parent / "grader" / "README.md").read_text()
    ratio = re.search(r"a ratio of ([\d.]+),", guide)[1]
    assert re.search(rf"(?m)^\| grader, 2 workers .* {re.escape(ratio)} x \|$", (RESULTS / "grading.md").read_text())
