"""A drawn digit comes before the network in MNIST's form, and is read as it is drawn."""

import numpy as np
import pytest
from PIL import Image

from chainrule.data import load_mnist
from chainrule.widgets.drawing import PEN, SIDE, Sheet, as_mnist, draw_a_digit
from chainrule.widgets.reading import practice


def box(image):
    """Height and width of the ink in an image of 784 numbers."""
    rows, columns = np.nonzero(image.reshape(28, 28))
    return np.ptp(rows) + 1, np.ptp(columns) + 1


def centre_of_mass(image):
    field, steps = image.reshape(28, 28), np.arange(28)
    return field.sum(axis=1) @ steps / field.sum(), field.sum(axis=0) @ steps / field.sum()


def draw(sheet, points):
    for start, end in zip(points[:-1], points[1:], strict=True):
        sheet.stroke(start, end)
    return np.asarray(sheet.ink)


SEVEN = [(40, 30), (110, 30), (60, 150)]


@pytest.mark.parametrize("points", [SEVEN, [(200, 40), (200, 230)], [(30, 100), (250, 110)], [(140, 140), (140, 140)]])
def test_a_stroke_anywhere_fills_a_box_of_20_with_its_centre_of_mass_in_the_middle(points):
    image = as_mnist(draw(Sheet(), points))
    assert image.shape == (784,)
    assert image.dtype == np.float32
    assert 0 <= image.min() < image.max() <= 1
    assert max(box(image)) == 20
    assert all(13.5 <= position <= 14.5 for position in centre_of_mass(image)), "as near to 14 as whole steps come"


def test_the_form_does_not_depend_on_where_and_how_large_a_digit_was_drawn():
    ink = draw(Sheet(), SEVEN)
    small, moved = as_mnist(ink), as_mnist(np.roll(ink, (90, 130), axis=(0, 1)))
    assert np.array_equal(small, moved)
    larger = as_mnist(np.asarray(Image.fromarray(ink).resize((2 * SIDE, 2 * SIDE), Image.Resampling.NEAREST)))
    np.testing.assert_allclose(larger, small, atol=0.1)


def test_the_aspect_ratio_is_kept():
    height, width = box(as_mnist(draw(Sheet(), [(50, 60), (50, 210)])))
    assert height == 20
    assert width == round(20 * PEN / (150 + PEN)) or width == round(20 * (PEN + 1) / (151 + PEN))


def test_edges_are_antialiased_to_greys_between_paper_and_ink():
    image = as_mnist(draw(Sheet(), SEVEN))
    assert np.sum((image > 0.05) & (image < 0.95)) > 10


def test_ink_far_from_the_centre_of_mass_is_not_cut_off():
    ink = np.zeros((SIDE, SIDE), np.uint8)
    ink[40:120, 40:240] = 255  # a heavy bar on top, and a thin line that hangs from it
    ink[40:240, 40:50] = 255
    image = as_mnist(ink).reshape(28, 28)
    assert box(image) == (20, 20)
    assert centre_of_mass(image)[0] < 13, "where the middle would cost ink, the digit stands off it"


def test_a_real_digit_comes_through_unchanged(offline):
    images = load_mnist("small").test_images
    ink = np.uint8(np.round(255 * images)).reshape(-1, 28, 28)
    unchanged = [np.allclose(as_mnist(drawing), image, atol=1e-6) for drawing, image in zip(ink, images, strict=True)]
    assert np.mean(unchanged) > 0.99, "all but those whose centre lies halfway between two pixels"


def test_a_real_digit_on_the_sheet_is_read_as_it_is_read_in_the_test_set(offline):
    network, digits = practice(784, 30, 10)
    sheet, seen = Sheet(), []
    for image in digits.test_images[:300]:
        sheet.load(image)
        seen.append(as_mnist(np.asarray(sheet.ink)))
    assert np.mean(network.classify(np.array(seen)) == network.classify(digits.test_images[:300])) >= 0.99


def test_a_blank_sheet_is_blank_to_the_network_and_is_not_read(offline):
    assert not as_mnist(np.zeros((SIDE, SIDE), np.uint8)).any()
    drawing = draw_a_digit()
    drawing.clear()
    assert "Nothing to read yet" in drawing.alt
    assert not np.asarray(drawing.sheet.ink).any()


def stroke(drawing, points):
    drawing.press(*points[0])
    for x, y in points[1:]:
        drawing.move(x, y)
    drawing.lift()


def test_a_stroke_is_read_and_the_pen_draws_only_while_it_is_down(offline):
    drawing = draw_a_digit()
    stroke(drawing, [(140, y) for y in range(40, 241, 10)])
    assert "Read as 1" in drawing.alt
    before = np.array(drawing.sheet.ink)
    drawing.move(20, 20)
    drawing.lift()
    assert np.array_equal(before, drawing.sheet.ink)


def test_the_first_stroke_takes_a_test_digit_away_unless_the_pen_is_to_change_it(offline):
    fresh, adding, erasing = draw_a_digit(), draw_a_digit(), draw_a_digit()
    digit = np.array(fresh.sheet.ink)
    adding.pen.value, erasing.pen.value = "adds ink", "erases"
    for drawing in (fresh, adding, erasing):
        stroke(drawing, [(0, 140), (279, 140)])
    alone = np.array(fresh.sheet.ink)
    assert not alone[:120].any()
    assert np.array_equal(adding.sheet.ink, np.maximum(digit, alone))
    assert np.array_equal(erasing.sheet.ink, np.where(alone, 0, digit))
    assert "meant" not in adding.alt, "a changed digit is nobody's any more"


def test_the_slider_brings_a_test_digit_back(offline):
    drawing = draw_a_digit()
    stroke(drawing, [(10, 10), (100, 100)])
    drawing.controls["number"].value = 5
    first = drawing.picture.value
    drawing.clear()
    drawing.controls["number"].value = 6
    drawing.controls["number"].value = 5
    assert drawing.picture.value == first
