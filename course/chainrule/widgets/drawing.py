"""Draw a digit and have it read (lesson 10)."""

import time

import ipywidgets
import numpy as np
from ipycanvas import Canvas, hold_canvas
from PIL import Image, ImageDraw

from chainrule.widgets.base import Interactive
from chainrule.widgets.reading import Reading, practice

SIDE, PEN = 280, 22  # pixels; ten of them make one of MNIST's, whose strokes are about two wide


def as_mnist(ink):
    """Bring a drawing into the form of MNIST's digits.

    As their makers did (LeCun et al., 1998): fit the ink, its aspect ratio kept and its edges antialiased, into a box
    of 20 × 20 pixels, and place that in a field of 28 × 28 with the centre of mass in the middle.

    Parameters
    ----------
    ink : ndarray of uint8, shape (height, width)
        0 is blank, 255 is ink.

    Returns
    -------
    ndarray of float32, shape (784,), in 0..1
        All 0 if there is no ink.
    """
    sheet, field = Image.fromarray(ink), np.zeros((28, 28), np.float32)
    box = sheet.getbbox()
    if box is None:
        return field.ravel()
    width, height = box[2] - box[0], box[3] - box[1]
    scale = 20 / max(width, height)
    width, height = max(1, round(scale * width)), max(1, round(scale * height))
    digit = np.asarray(sheet.crop(box).convert("F").resize((width, height), Image.Resampling.BOX)) / 255
    row = np.arange(height) @ digit.sum(axis=1) / digit.sum()
    column = digit.sum(axis=0) @ np.arange(width) / digit.sum()
    # Whole steps, as in MNIST; and never so far that ink would be cut off.
    top, left = np.clip(round(14 - row), 0, 28 - height), np.clip(round(14 - column), 0, 28 - width)
    field[top : top + height, left : left + width] = digit
    return field.ravel()


class Sheet:
    """A drawing: `ink` is a Pillow image, 255 where there is ink, and `canvas` shows it in the browser, black on white.

    Strokes go to both, so that nothing has to be fetched back from the browser.
    """

    def __init__(self):
        self.ink = Image.new("L", (SIDE, SIDE))
        size = {"width": f"{SIDE}px", "height": f"{SIDE}px", "flex": "none"}
        self.canvas = Canvas(width=SIDE, height=SIDE, layout={"border": "1px solid #767676", **size})
        self.canvas.line_width, self.canvas.line_cap = PEN, "round"
        self.canvas.on_client_ready(self.show)  # a view that opens later is blank at first
        self.show()

    def show(self):
        """Put the whole drawing on the canvas."""
        self.canvas.put_image_data(255 - np.asarray(self.ink))

    def load(self, image):
        """Put an image of shape (784,) on the sheet in place of what is there."""
        self.ink = Image.fromarray(np.uint8(255 * image.reshape(28, 28))).resize((SIDE, SIDE), Image.Resampling.NEAREST)
        self.show()

    def stroke(self, start, end, erase=False):
        """Draw or erase a line between two points, with round ends."""
        pen, colour = ImageDraw.Draw(self.ink), 0 if erase else 255
        pen.line([start, end], fill=colour, width=PEN)
        for x, y in (start, end):
            pen.ellipse([x - PEN / 2, y - PEN / 2, x + PEN / 2, y + PEN / 2], fill=colour)
        with hold_canvas():
            self.canvas.stroke_style = "white" if erase else "black"
            self.canvas.stroke_line(*start, *end)


class Drawing(Interactive):
    """A sheet to draw on beside the picture of what a network reads there."""

    def __init__(self, network, digits):
        self.sheet, self.shown, self.untouched, self.pen_at, self.read_at = Sheet(), None, True, None, 0.0
        reading = Reading(width=6)

        def redraw(number):
            if number != self.shown:
                self.sheet.load(digits.test_images[number])
                self.shown, self.untouched = number, True
            meant = int(digits.test_labels[number]) if self.untouched else None
            words = reading.show(network, as_mnist(np.asarray(self.sheet.ink)), meant)
            return f"The sheet as the network sees it, and the probability of each digit. {words}."

        number = ipywidgets.IntSlider(0, min=0, max=len(digits.test_labels) - 1, description="or test digit")
        text = (
            "Write a digit here, with the mouse or a finger. Or take one from the test digits and change it: "
            "how little ink makes an 8 of a 3, and how little erasing a 3 of an 8?"
        )
        super().__init__(text, {"number": number}, reading.figure, reading.moving, redraw)
        self.pen = ipywidgets.Dropdown(options=["starts afresh", "adds ink", "erases"], description="the pen")
        clear = ipywidgets.Button(description="Clear")
        clear.on_click(lambda button: self.clear())
        canvas = self.sheet.canvas
        canvas.on_mouse_down(self.press)
        canvas.on_mouse_move(self.move)
        canvas.on_touch_start(lambda touches: self.press(*touches[0]))
        canvas.on_touch_move(lambda touches: self.move(*touches[0]))
        for lift in (canvas.on_mouse_up, canvas.on_mouse_out):
            lift(lambda x, y: self.lift())
        canvas.on_touch_end(lambda touches: self.lift())
        for tool in (clear, self.pen):
            tool.layout.width = f"{SIDE}px"
        sheet = ipywidgets.VBox([canvas, self.pen, clear], layout={"flex": "none"})
        self.picture.layout.flex = "1 1 400px"
        self.children = [*self.children[:2], ipywidgets.HBox([sheet, self.picture], layout={"flex_flow": "row wrap"})]

    def clear(self):
        """Take all ink from the sheet."""
        self.sheet.load(np.zeros(784))
        self.untouched = False
        self.refresh()

    def press(self, x, y):
        """Put the pen down; on a test digit it first clears the sheet, unless it is told to change the digit."""
        if self.untouched and self.pen.value == "starts afresh":
            self.clear()
        self.untouched, self.pen_at = False, (x, y)
        self.move(x, y)

    def move(self, x, y):
        """Draw from where the pen is, and read at most ten times a second: the pen must not wait for the network."""
        if self.pen_at is None:
            return
        self.sheet.stroke(self.pen_at, (x, y), erase=self.pen.value == "erases")
        self.pen_at = (x, y)
        if time.monotonic() - self.read_at > 0.1:
            self.refresh()
            self.read_at = time.monotonic()

    def lift(self):
        """Take the pen up and read what is there."""
        if self.pen_at is not None:
            self.pen_at = None
            self.refresh()


def draw_a_digit(network=None, digits=None):
    """A sheet to write a digit on, which a network reads as it is written."""
    if network is None:
        network, digits = practice(784, 30, 10)
    return Drawing(network, digits)


INTERACTIVES = [draw_a_digit]
