"""Lesson 10 also with full MNIST, and lesson 12 also without PyTorch."""

import os

import pytest
from lessons import COURSE, execute


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
