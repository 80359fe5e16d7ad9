"""The environment check of lesson 00 says OK where all is well, and what to do where it is not."""

from importlib import metadata

import pytest
from packaging.specifiers import SpecifierSet

from chainrule import data, environment


def test_here_everything_is_ok_and_each_package_has_its_version(offline, capsys):
    environment.check()
    lines = capsys.readouterr().out.strip().splitlines()
    assert lines[-1] == "All is there."
    assert all(line.startswith("OK  ") for line in lines[:-2]), lines
    assert any(f" numpy {metadata.version('numpy')}" in line for line in lines)
    assert any("5,000 offline MNIST digits" in line for line in lines)


def test_what_it_asks_for_is_what_the_package_requires_and_no_extra(offline):
    said = " ".join(sentence for _, sentence in environment.findings())
    for line in metadata.requires("chainrule"):
        name = line.replace(">", " ").split()[0]
        assert (f"{name} {metadata.version(name)}" in said) if "extra ==" not in line else True
    assert "torch" not in said


def test_a_missing_and_an_old_package_fail_with_the_command_that_helps():
    good, sentence = environment.package("no-such-package-here", SpecifierSet(">=1"))
    assert not good
    assert 'pip install "no-such-package-here>=1"' in sentence
    good, sentence = environment.package("numpy", SpecifierSet(">=99"))
    assert not good
    assert "too old" in sentence


def test_a_course_that_is_not_installed_is_one_sentence(monkeypatch, capsys):
    def missing(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "requires", missing)
    environment.check()
    printed = capsys.readouterr().out
    assert printed.startswith("FAIL chainrule is not installed")
    assert "1 of 1 to put right" in printed


def test_full_mnist_that_was_not_downloaded_yet_is_no_failure_and_is_not_downloaded(offline, tmp_path, monkeypatch):
    monkeypatch.setenv("CHAINRULE_CACHE", str(tmp_path))
    good, sentence = environment.full_mnist()
    assert good
    assert "not here yet" in sentence
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("damage", ["missing", "not gzip"])
def test_full_mnist_that_is_damaged_fails_with_its_name(tmp_path, monkeypatch, damage):
    monkeypatch.setenv("CHAINRULE_DATA", str(tmp_path))
    if damage == "not gzip":
        for name in data.FILES:
            (tmp_path / name).write_bytes(b"<html>")
    good, sentence = environment.full_mnist()
    assert not good
    assert "train-images-idx3-ubyte.gz" in sentence


def test_a_cache_that_cannot_be_written_fails_and_names_the_variable_to_set(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("CHAINRULE_CACHE", str(tmp_path / "file" / "folder"))
    good, sentence = environment.offline_digits()
    assert not good
    assert "CHAINRULE_CACHE" in sentence
