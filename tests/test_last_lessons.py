"""Lesson 10 also with full MNIST, lesson 12 also without PyTorch; figures quoted from the benchmarks are theirs, and
papers that are named are in the references.
"""

import json
import math
import os
import re
import unicodedata

import nbformat
import numpy as np
import pytest
from lessons import COURSE, execute

from benchmarks.capstone import ATTENTION, PARTS, TRIALS
from chainrule.data import load_mnist
from chainrule.losses import one_hot
from chainrule.network import MLP
from grader.process import PATIENCE, Limits

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


def test_lesson_10_draws_offline_what_its_text_states_for_the_full_set():
    cells = {cell.id: cell.source for cell in nbformat.read(COURSE / "10-reading-digits.ipynb", as_version=4).cells}
    drawn = re.search(r"with_60_000 = \[(.+)\]", cells["learning-curve"])[1].split(", ")
    names = ("linear_accuracy", "single_accuracy", "mlp_accuracy", "wide_accuracy")
    stated = [re.findall(rf"([\d.]+)<!--= {name} if full else \1 ", "\n".join(cells.values())) for name in names]
    assert stated == [[accuracy] for accuracy in drawn], "test_lesson_10_holds_with_full_mnist_too measures those"


def test_lesson_12_says_in_a_sentence_that_pytorch_is_missing_and_goes_on(tmp_path, offline, monkeypatch):
    (tmp_path / "without").mkdir()
    (tmp_path / "without" / "torch.py").write_text("raise ImportError('not installed')\n")
    (tmp_path / "course").mkdir()
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "without"))
    assert "PyTorch is not installed here" in run("12-beyond", tmp_path / "course")


def sources(lesson):
    """The cells of a lesson by name."""
    return {cell.id: cell.source for cell in nbformat.read(COURSE / f"{lesson}.ipynb", as_version=4).cells}


def test_appendix_b_says_how_many_training_digits_a_linear_unit_reads_at_best():
    if not os.environ.get("CHAINRULE_DATA"):
        pytest.skip("CHAINRULE_DATA is not set to a folder with the four MNIST files")
    digits = load_mnist("full")
    X = np.column_stack([digits.train_images, np.ones(len(digits.train_images), np.float32)])
    bottom = np.linalg.lstsq((X.T @ X).astype(float), (X.T @ one_hot(digits.train_labels)).astype(float), rcond=None)[0]
    read = np.mean((X @ bottom.astype(np.float32)).argmax(axis=1) == digits.train_labels)
    assert f"{100 * read:.1f} % of the 60,000" in sources("B-errata")["p6-training"]


def plain(text):
    """Text without accents, be they Unicode's or TeX's."""
    text = re.sub(r"\{\\.\{?(\w)\}?\}", r"\1", text)
    return "".join(letter for letter in unicodedata.normalize("NFD", text) if not unicodedata.combining(letter))


NO_AUTHORS = re.compile(  # years follow these too, in the map of lesson 12 and elsewhere
    r"\b(?:In|March|CVPR|ICLR|ICML|NIPS|AdaGrad|Adam|ReLUs|RNNs|CNN|LeNet|AlexNet|VGG|GoogLeNet|ResNet|YOLO|YOLO9000"
    r"|PixelRNN|DCGAN|WaveNet)\b ?"
)
CITED = re.compile(
    r"((?:[A-Z]\w+(?:,? and |, ))*[A-Z]\w+)(?: et al\.| and others| and colleagues)?,? \(?((?:19|20)\d\d)\b"
)


def test_every_paper_that_a_lesson_names_with_its_year_is_in_the_references():
    entries = [plain(line) for line in (COURSE.parent / "book" / "references.bib").read_text().splitlines()]
    cited = set()
    for path in COURSE.glob("*.ipynb"):
        cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "markdown"]
        text = plain(" ".join(" ".join(cell.source for cell in cells).split())).replace("*", "")
        cited |= set(CITED.findall(NO_AUTHORS.sub("", text)))
    assert len(cited) > 15
    for names, year in cited:
        words = [set(re.findall(r"\w+", entry)) for entry in entries if f"year = {{{year}}}" in entry]
        assert any(set(re.findall(r"[A-Z]\w+", names)) <= entry for entry in words), f"{names} {year} is not there"


def measured(name):
    """What a benchmark wrote, and the cells of lesson 12 by name."""
    return json.loads((RESULTS / f"{name}.json").read_text()), sources("12-beyond")


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
    for name, (accuracy,) in accuracies.items():
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


def test_lesson_12_states_what_the_third_long_run_reached_and_what_its_parts_are_worth():
    (attention, source), (parts, _) = measured("record-attention"), measured("record-parts")
    text, alone, mistakes = source["record-attention"], attention["accuracies"], len(attention["wrong"])
    together = f"{attention['averaged']:.2f} %, {mistakes} mistakes"
    row = f"{attention['minutes']:.0f} minutes | {min(alone):.2f} % to {max(alone):.2f} % | {together} |"
    assert f"| attention: six upright networks, {ATTENTION.epochs} epochs each, {row}" in text
    assert len(alone) == 6
    before = len(measured("record-patience")[0]["wrong"])
    assert f"How many of the {before} mistakes" in text
    assert mistakes - before == 4
    assert "There are four more." in text
    assert parts.keys() == PARTS.keys()
    for name, (last, first) in parts.items():
        assert f"| {name} | {last:.2f} % | {first:.2f} % |" in text
    whole, written, evenly, no_norm, blurred, to_the_end = np.array(list(parts.values()))
    five_minutes = max(accuracy for (accuracy,) in measured("capstone-trials")[0].values())
    assert (
        f"reached {whole[0]:.2f} %, where the trials of the five-minute recipe had\nended at {five_minutes:.2f} %"
        in text
    )
    worth = whole - written
    assert f"worth {worth[0]:.2f} points; on the other 10,000 they cost {-worth[1]:.2f}." in text
    assert (blurred > whole).all()
    assert (evenly < whole).all()
    assert not any((without < whole).all() for without in (written, no_norm, blurred, to_the_end))


def test_lesson_12_states_the_lectures_numbers_as_they_came_out_again():
    lectures, source = measured("lectures")
    tried = re.findall(r"\| (?:linear|sigmoid) \| [\d.]+ \| (0\.\d+) \|", (RESULTS / "lectures.md").read_text())
    assert len(tried) == 5
    assert f"reached from {min(tried)} to {max(tried)} there" in source["lectures-again"]
    for name, row in lectures.items():
        assert f"| {name} | {row['printed']} | {row['mean']:.4f} ± {row['sd']:.4f} |" in source["lectures-again"]
    (nielsen,), (simard,) = ([row for name, row in lectures.items() if who in name] for who in ("Nielsen", "Simard"))
    assert "within a standard deviation" in source["lectures-again"]
    assert abs(nielsen["mean"] - float(nielsen["printed"])) < nielsen["sd"]
    missed = float(simard["printed"]) - simard["mean"]
    assert f"Simard's is missed by {missed:.4f}." in source["lectures-again"]


def test_the_readme_quotes_figures_that_were_measured():
    readme = (COURSE.parent / "README.md").read_text()
    quoted = re.findall(r"\| ([\d.]+ ?%?)([^|\n]*)\| \[(\w+)\]\(benchmarks/results/", readme)
    found = {part: (RESULTS / f"{part}.md").read_text() for _, _, part in quoted}
    one_thread = found["training"].partition("1 thread for all")[2].partition(" threads for all")[0]
    ours, *others = re.findall(r"(?m)^\| 784-\S+ in \d+ \| [\d.]+ s \| ([\d.]+) ", one_thread)
    products = re.search(r"The products alone take NumPy ([\d., ]+) of the time", found["training"])[1].split(", ")
    assert all(float(ratio) < 1 for ratio in products)
    words = "one thread; matrix products alone are slower in PyTorch on this processor"
    assert quoted == [
        (re.search(r"mean ± sd \| ([\d.]+) ± [\d.]+ %", found["capstone"])[1] + " %", " ", "capstone"),
        (f"{ours} ", f"({min(others)} to {max(others)} for three heavier settings; {words}) ", "training"),
        (re.search(r"(?m)^\| grader, 2 workers .* ([\d.]+) x \|$", found["grading"])[1] + " ", "", "grading"),
    ]


def test_the_instructors_guide_quotes_what_was_measured_and_counts_right_from_it():
    guide = " ".join((COURSE.parent / "grader" / "README.md").read_text().split())
    table = (RESULTS / "grading.md").read_text()
    stock, ours, ratio = re.search(
        r"took nbgrader ([\d.]+) s .* 2` ([\d.]+) s, .* a ratio of ([\d.]+),", guide
    ).groups()
    for who, seconds in (("nbgrader autograde", stock), ("grader, 2 workers", ours)):
        fastest, slowest = re.search(rf"\| {who} \| [\d.]+ s \| (\d+) to (\d+) ms \|", table).groups()
        assert int(fastest) <= 1000 * float(seconds) <= int(slowest)
    assert re.search(rf"(?m)^\| grader, 2 workers .* {re.escape(ratio)} x \|$", table)
    each, memory = re.search(r"\| 1,000 \| grader, 2 workers \| [\d.]+ s \| (\d+) ms \| (\d+) MB", table).groups()
    assert f"({int(each) / 1000:.2f} s each), in the same memory ({memory} MB" in guide
    light, trains, writer = 2 * float(ours), 2.5, 0.0038
    hours = [seconds * 100_000 / 3600 for seconds in (light, trains)]
    for words in (
        f"two cores for {ours} s are {light:.2f} s",
        f"| {light:.2f} s | {hours[0]:.0f} core hours |",
        f"| about {trains} s | {hours[1]:.0f} core hours |",
        f"| {1000 * writer} ms | {writer * 100_000 / 60:.1f} minutes |",
        f"in an hour by {hours[0]:.0f} cores if the notebook is light, by {hours[1]:.0f} if it trains",
        f"eight hours by {math.ceil(hours[0] / 8)} cores, or by {math.ceil(hours[1] / 8)}.",
        f"fewer than {light / writer:.0f} of them ({light:.2f} s / {1000 * writer} ms)",
        f"about {round(trains / writer, -1):.0f} for the one that trains",
        f"at {round(1 / writer, -1):.0f} submissions a second",
        f"| 26 + 32 + 4 KB | {(26 + 32 + 4) / 10:.1f} GB |",
    ):
        assert words in guide


def test_the_instructors_guide_gives_the_limits_that_hold():
    guide, limits = (COURSE.parent / "grader" / "README.md").read_text(), Limits()
    seconds = (limits.cell_seconds, limits.call_seconds, limits.test_seconds, limits.total_seconds)
    section = guide.split("## What a submission may use")[1].split("## ")[0]
    assert re.findall(r"\| (\d+) s \|", section) == [f"{number:.0f}" for number in seconds]
    assert f"| {limits.memory_bytes >> 30} GiB |" in section
    assert f"can hold some {2 * limits.memory_bytes >> 30} GiB" in section
    assert f"| {limits.file_bytes >> 20} MiB; {limits.folder_bytes >> 20} MiB |" in section
    assert f"| {limits.output_bytes // 1000} kB |" in section
    assert PATIENCE == 4, "the section says four times as long"
