"""The capstone's script: an interrupted training ends as an uninterrupted one, and choices never see the test set."""

import dataclasses
import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from benchmarks import capstone
from chainrule.data import load_mnist

RECIPE = capstone.Recipe(hidden=(20,), epochs=6, batch_size=100, dropout=0.2, batch_norm=True, attention=0.5, calm=0.5)
TRAIN = """
import sys
from pathlib import Path
from tests.test_capstone import train_small
train_small(Path(sys.argv[1]))
"""


def train_small(checkpoint):
    """The capstone's training with a small network and the small set."""
    digits = load_mnist("small")
    return capstone.train(digits.train_images, digits.train_labels, RECIPE, seed=3, checkpoint=checkpoint)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A training that was not interrupted: its checkpoint, network and history."""
    checkpoint = tmp_path_factory.mktemp("trained") / "network.npz"
    return checkpoint, *train_small(checkpoint)


def test_a_killed_training_resumes_and_ends_with_the_same_weights(trained, tmp_path):
    checkpoint = tmp_path / "killed.npz"
    process = subprocess.Popen([sys.executable, "-c", TRAIN, checkpoint], cwd=Path(__file__).parent.parent)
    while not checkpoint.exists():
        assert process.poll() is None, "the training ended before it wrote a checkpoint"
        time.sleep(0.01)
    process.kill()
    process.wait()
    resumed, history = train_small(checkpoint)
    assert len(history) == RECIPE.epochs
    for a, b in zip(resumed.state, trained[1].state, strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_finished_training_is_not_trained_again(trained):
    checkpoint, network, history = trained
    again, history_again = train_small(checkpoint)
    assert history_again == history
    np.testing.assert_array_equal(again.weights[0], network.weights[0])


def test_what_is_validated_is_the_network_that_comes_out_and_no_other_s_mean():
    digits = load_mnist("small")
    images, labels, held_back = digits.train_images[:1000], digits.train_labels[:1000], digits[2:4]
    network, history = capstone.train(images, labels, RECIPE, seed=3, validation=held_back)
    assert history[-1]["validation_accuracy"] == network.accuracy(*held_back) > 0.3
    last, _ = capstone.train(images, labels, dataclasses.replace(RECIPE, mean_memory=0.0), seed=3)
    assert not np.array_equal(network.weights[0], last.weights[0])


def test_a_checkpoint_of_other_settings_is_neither_taken_nor_overwritten(trained):
    checkpoint, before = trained[0], trained[0].read_bytes()
    other = dataclasses.replace(RECIPE, hidden=(30,))
    digits = load_mnist("small")
    words = "network.npz was trained with other settings or older code; give another --folder"
    with pytest.raises(typer.BadParameter, match=words):
        capstone.train(digits.train_images, digits.train_labels, other, seed=3, checkpoint=checkpoint)
    assert checkpoint.read_bytes() == before


def test_a_checkpoint_whose_arrays_are_others_is_refused(tmp_path):
    capstone.save(tmp_path / "old.npz", [np.zeros(3)] * 2, {"recipe": {}, "history": []})
    with pytest.raises(typer.BadParameter, match="old.npz was trained with other settings or older code"):
        capstone.restore(tmp_path / "old.npz", [np.zeros(6)], {})


@pytest.mark.parametrize(
    ("first", "learnt", "held_back"),
    [(False, slice(0, 3000), slice(3000, None)), (True, slice(None, 999, -1), slice(999, None, -1))],
)
def test_choices_are_measured_on_training_digits_that_no_network_learnt_from(monkeypatch, first, learnt, held_back):
    digits = load_mnist("small")
    monkeypatch.setattr(capstone, "load_mnist", lambda which: digits)
    monkeypatch.setattr(capstone, "VALIDATION", 1000)
    for (images, labels), part in zip(capstone.split(True, first), (learnt, held_back), strict=True):
        np.testing.assert_array_equal(images, digits.train_images[part])
        np.testing.assert_array_equal(labels, digits.train_labels[part])
    np.testing.assert_array_equal(capstone.split(False)[1][1], digits.test_labels)


def test_the_distorted_epoch_is_the_same_after_a_restart_and_another_next_time():
    images, errors = load_mnist("small").train_images[:300], np.ones(300)
    first, order, _ = capstone.distorted_epoch(images, RECIPE, seed=1, epoch=4, errors=errors)
    again, order_again, _ = capstone.distorted_epoch(images, RECIPE, seed=1, epoch=4, errors=errors)
    other, _, _ = capstone.distorted_epoch(images, RECIPE, seed=1, epoch=5, errors=errors)
    np.testing.assert_array_equal(first, again)
    np.testing.assert_array_equal(np.sort(order), np.arange(300))
    np.testing.assert_array_equal(order, order_again)
    assert not np.array_equal(first, other)


def test_the_distortions_weaken_over_the_last_third_of_the_epochs():
    images, recipe = load_mnist("small").train_images[:300], dataclasses.replace(RECIPE, epochs=30, calm=0.0)

    def change(epoch):
        distorted, order, _ = capstone.distorted_epoch(images, recipe, seed=1, epoch=epoch, errors=np.ones(300))
        return np.abs(distorted - images[order]).mean()

    assert change(20) == pytest.approx(change(0), rel=0.05)
    assert change(29) < 0.5 * change(20)


def test_contrast_sharpens_the_strokes_and_leaves_the_background_blank():
    images, errors = load_mnist("small").train_images[:300], np.ones(300)
    soft, sharp = (
        capstone.distorted_epoch(images, dataclasses.replace(RECIPE, contrast=contrast), 1, 0, errors)[0][
            : capstone.BLOCK
        ]
        for contrast in (1.0, 2.0)
    )
    assert np.mean((sharp > 0.1) & (sharp < 0.9)) < 0.9 * np.mean((soft > 0.1) & (soft < 0.9))
    assert (sharp[soft == 0] == 0).all()
    assert sharp.min() == 0
    assert sharp.max() == 1


def test_with_attention_an_image_comes_the_more_often_the_worse_it_is_read():
    errors = np.repeat([0.1, 0.3, 0.8], 100)
    counts = np.bincount(capstone.drawn(np.random.default_rng(0), errors, 0.5), minlength=300).reshape(3, 100)
    np.testing.assert_allclose(counts.mean(axis=1), 0.5 + 0.5 * np.array([0.25, 0.75, 2]), atol=0.02)
    assert set(capstone.drawn(np.random.default_rng(0), errors, 0)) == set(range(300))


@pytest.mark.parametrize(
    "settings",
    [
        '{"epocs": 3}',
        "{not json",
        '{"hidden": 5}',
        '{"epochs": "3"}',
        "[]",
        '{"dropout": 1.5}',
        '{"attention": 2}',
        '{"contrast": 0.5}',
        '{"calm": -1}',
    ],  # fmt: skip
)
def test_a_wrong_setting_is_one_sentence(settings, tmp_path):
    result = CliRunner().invoke(capstone.app, ["train", "--settings", settings, "--folder", str(tmp_path)])
    assert result.exit_code == 2
    assert "--settings is not a change to the recipe" in result.output
    assert "Traceback" not in result.output


def test_the_report_takes_networks_of_one_recipe_only(tmp_path):
    for seed, epochs in enumerate((58, 58, 1)):
        text = json.dumps({"seed": seed, "accuracy": 0.99, "recipe": {"epochs": epochs}})
        (tmp_path / f"seed-{seed}-test.json").write_text(text)
    result = CliRunner().invoke(capstone.app, ["report", "--folder", str(tmp_path)])
    assert result.exit_code == 2
    assert "different recipes" in result.output


def test_the_report_asks_for_three_seeds(tmp_path):
    result = CliRunner().invoke(capstone.app, ["report", "--folder", str(tmp_path)])
    assert result.exit_code == 2
    assert "train at least three first" in result.output
