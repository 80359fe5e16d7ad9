"""Augmentation: distorted digits are still digits, moved by as much as was asked for and no more."""

import numpy as np
import pytest

from chainrule.augment import distort, sample, upright
from chainrule.data import load_mnist

NOTHING = {"shift": 0, "rotate": 0, "scale": 0, "shear": 0}


def digits(count):
    return load_mnist("small").train_images[:count]


def centre(images):
    """Centres of mass, (R, 2): row and column."""
    squares = images.reshape(len(images), 28, 28)
    grid = np.arange(28)
    mass = squares.sum(axis=(1, 2))
    return np.stack([squares.sum(axis=2) @ grid / mass, squares.sum(axis=1) @ grid / mass], axis=1)


def test_no_distortion_is_the_identity(offline):
    images = digits(20)
    assert np.allclose(distort(images, np.random.default_rng(0), **NOTHING), images, atol=1e-5)
    assert distort(images, np.random.default_rng(0), **NOTHING).dtype == np.float32


@pytest.mark.parametrize(
    ("images", "words"), [(np.ones((2, 784), np.uint8), "uint8: divide them by 255"), (np.ones((2, 783)), "(2, 783)")]
)
def test_what_cannot_be_distorted_is_refused_in_a_sentence(images, words):
    for change in (lambda: distort(images, np.random.default_rng(0)), lambda: upright(images)):
        with pytest.raises(ValueError) as error:
            change()
        assert words in str(error.value)


@pytest.mark.parametrize("settings", [{"elastic": -1}, {"elastic": 1, "smoothness": 0}])
def test_a_distortion_that_cannot_be_is_refused_in_a_sentence(settings):
    with pytest.raises(ValueError, match="elastic must be 0 or more and smoothness above 0"):
        distort(np.ones((2, 784)), 0, **settings)


def test_outside_an_image_everything_is_0_on_all_four_sides():
    y, x = np.array([[-1.5, 5, 5, 29, 28]]), np.array([[5, -1, 28, 5, 28]])
    assert not sample(np.ones((1, 784)), y, x).any()


def test_a_whole_shift_moves_pixels(offline):
    images = digits(3)
    y, x = np.mgrid[:28, :28].reshape(2, 1, -1).astype(np.float32)
    moved = sample(images, np.repeat(y - 3, 3, 0), np.repeat(x + 2, 3, 0)).reshape(3, 28, 28)
    assert np.array_equal(moved[:, 3:, :-2], images.reshape(3, 28, 28)[:, :-3, 2:])
    assert not moved[:, :3].any()


@pytest.mark.parametrize("shift", [1.0, 2.0])
def test_shifts_stay_within_their_limit_and_use_it(offline, shift):
    images = digits(300)
    moved = distort(images, np.random.default_rng(1), **{**NOTHING, "shift": shift})
    distance = np.abs(centre(moved) - centre(images))
    assert distance.max() < shift + 0.25  # a little more, where ink leaves the image
    assert distance.max() > 0.9 * shift


def test_rotation_keeps_the_centre_of_the_image_and_turns_the_rest():
    bar = np.zeros((1, 28, 28), np.float32)
    bar[0, 4:24, 13:15] = 1
    turned = distort(np.repeat(bar.reshape(1, 784), 200, 0), np.random.default_rng(2), **{**NOTHING, "rotate": 30})
    top = turned.reshape(200, 28, 28)[:, 4:8].sum(axis=1)
    lean = (top @ np.arange(28)) / top.sum(axis=1) - 13.5
    assert 3.5 < np.abs(lean).max() < 10 * np.tan(np.radians(30))
    assert np.abs(centre(turned) - 13.5).max() < 0.2


def test_shear_slants_and_scale_stretches_each_way_up_to_their_limits():
    block = np.zeros((28, 28), np.float32)
    block[8:20, 8:20] = 1
    blocks, random = np.repeat(block.reshape(1, 784), 300, 0), np.random.default_rng(2)
    slanted = distort(blocks, random, **{**NOTHING, "shear": 0.2}).reshape(300, 28, 28)
    inner = slanted[:, :, 9:19]
    slopes = np.polyfit(np.arange(10), (np.arange(28) @ inner / inner.sum(axis=1)).T, 1)[0]
    assert 0.18 < np.abs(slopes).max() < 0.21
    stretched = distort(blocks, random, **{**NOTHING, "scale": 0.2}).reshape(300, 28, 28)
    heights, widths = stretched[:, :, 13] @ np.ones(28) / 12, stretched[:, 13] @ np.ones(28) / 12
    for sizes in (heights, widths):
        assert 1 / 1.22 < sizes.min() < 1 / 1.18
        assert 1 / 0.82 < sizes.max() < 1 / 0.78
    assert abs(np.corrcoef(heights, widths)[0, 1]) < 0.2


def test_elastic_displacement_has_the_spread_that_was_asked_for():
    ramp = np.repeat(np.arange(28, dtype=np.float32)[None, :], 28, 0).reshape(1, 784)
    bent = distort(np.repeat(ramp, 500, 0), np.random.default_rng(3), **NOTHING, elastic=1.5)
    displacement = (bent - ramp).reshape(500, 28, 28)[:, 10:18, 10:18]
    assert displacement.std() == pytest.approx(1.5, rel=0.1)
    neighbours = np.diff(displacement, axis=2)
    assert neighbours.std() < 0.5, "neighbours move together"
    assert neighbours.std() == pytest.approx(1.5 * np.sqrt(2 - 2 * np.exp(-1 / (4 * 4.0**2))), rel=0.1)
    down = distort(np.repeat(ramp.reshape(28, 28).T.reshape(1, 784), 500, 0), np.random.default_rng(3), **NOTHING,
                   elastic=1.5).reshape(500, 28, 28)[:, 14, 14] - 14  # fmt: skip
    assert down.std() == pytest.approx(1.5, rel=0.15)
    assert abs(np.corrcoef(down, displacement[:, 4, 4])[0, 1]) < 0.2, "rows and columns move independently"


def test_each_image_gets_a_distortion_of_its_own_and_the_seed_decides(offline):
    images = np.repeat(digits(1), 2, 0)
    first, second = distort(images, np.random.default_rng(5), elastic=1)
    assert not np.array_equal(first, second)
    assert np.array_equal(distort(images, np.random.default_rng(5), elastic=1)[0], first)
    assert np.array_equal(distort(images, 5, elastic=1)[0], first)


def slant(images):
    """Covariance of row and column over the variance of the row, weighted by ink."""
    squares, (y, x) = images.reshape(len(images), 28, 28), centre(images).T
    below, right = np.arange(28) - y[:, None], np.arange(28) - x[:, None]
    return np.einsum("rij,ri,rj->r", squares, below, right) / np.einsum("rij,ri->r", squares, below**2)


def test_upright_digits_have_no_slant_left_and_lose_no_ink(offline):
    images = digits(300)
    straight = upright(images)
    assert np.abs(slant(images)).mean() > 0.2
    assert np.abs(slant(straight)).mean() < 0.02
    assert np.allclose(straight.sum(axis=1), images.sum(axis=1), rtol=0.03)
    assert straight.dtype == np.float32


def test_upright_leaves_an_empty_image_and_an_upright_one_as_they_are():
    images = np.zeros((2, 784), np.float32)
    images[1].reshape(28, 28)[5:22, 13:15] = 1
    assert np.allclose(upright(images), images, atol=1e-5)
