"""A digit, and what a network makes of it (lessons 00 and 10)."""

from functools import cache

import ipywidgets
import matplotlib.pyplot as plt
import numpy as np

from chainrule.data import load_mnist
from chainrule.network import MLP
from chainrule.plots import BLUE, ORANGE
from chainrule.training import train
from chainrule.widgets.base import Interactive


@cache
def practice(*sizes):
    """The offline digits, and a network of these sizes trained on them for a second: what interactives show unless a
    lesson hands them its own.
    """
    digits, network = load_mnist("small"), MLP(sizes, initialization="he" if len(sizes) > 2 else 0)
    train(network, digits.train_images, digits.train_labels, epochs=10, progress=False)
    return network, digits


def pixels(axes, cmap="gray_r", vmin=0, vmax=1):
    """An image of 28 × 28 pixels in a frame, blank so far."""
    axes.set(xticks=[], yticks=[], xlim=(-1, 28), ylim=(28, -1))
    axes.spines[:].set(visible=True, color="#999999")
    return axes.imshow(np.zeros((28, 28)), cmap=cmap, vmin=vmin, vmax=vmax, extent=(-0.5, 27.5, 27.5, -0.5))


def percent(p):
    """A probability in words; never a hundred per cent, which no softmax gives."""
    return "over 99 %" if p > 0.99 else f"{p:.0%}".replace("%", " %")


def with_article(digit):
    """A digit in a sentence: a 3, but an 8."""
    return f"an {digit}" if digit == 8 else f"a {digit}"


class Reading:
    """An image on the left, and on the right ten bars with the probabilities that a network gives to the digits."""

    def __init__(self, width=7):
        self.figure, (picture, bars) = plt.subplots(1, 2, figsize=(width, 2.9), width_ratios=(2.6, width - 2.6))
        self.image = pixels(picture)
        self.heading = picture.set_title("what the network sees")
        self.bars = bars.barh(range(10), np.zeros(10), color=BLUE)
        self.numbers = [bars.text(0, k, "", va="center", fontsize="small") for k in range(10)]
        bars.set(xlim=(0, 1.75), ylim=(9.6, -0.6), xlabel="probability", yticks=range(10), xticks=[0, 0.5, 1])
        self.title = bars.set_title(" ")
        self.moving = [self.image, self.heading, *self.bars, *self.numbers, self.title]

    def show(self, network, image, meant=None):
        """Show one image, shape (784,), and its probabilities; returns them in words. A blank image is not read."""
        probabilities = network.predict(image[None])[0] if image.any() else np.zeros(10)
        read = int(np.argmax(probabilities))
        self.image.set_data(image.reshape(28, 28))
        for digit, (bar, number, p) in enumerate(zip(self.bars, self.numbers, probabilities, strict=True)):
            bar.set_width(p)
            bar.set_facecolor(BLUE if meant in (None, digit) else ORANGE)
            bar.set_hatch("" if meant in (None, digit) else "///")
            number.set_position((p + 0.02, digit))
            number.set_text((percent(p) if p >= 0.005 else "") + ("  ◂ meant" if digit == meant else ""))
        words = f"Read as {read} with {percent(probabilities[read])}" if image.any() else "Nothing to read yet"
        if meant is not None:
            words += ": right" if read == meant else f": wrong, {with_article(meant)} was meant"
        self.title.set_text(words)
        return words


def browse_digits(network=None, digits=None):
    """Test digits one by one, with the probabilities that a network gives to each."""
    if network is None:
        network, digits = practice(784, 30, 10)
    images, labels = digits.test_images[:500], digits.test_labels[:500]
    wrong = np.flatnonzero(network.classify(images) != labels)
    reading = Reading()

    def redraw(number, which):
        mistakes = which == "only the mistakes" and len(wrong)
        index = wrong[number % len(wrong)] if mistakes else number
        words = reading.show(network, images[index], int(labels[index]))
        reading.heading.set_text("what the network sees")
        if mistakes:
            reading.heading.set_text(f"mistake {number % len(wrong) + 1} of {len(wrong)}")
            words = f"Mistake {number % len(wrong) + 1} of {len(wrong)}. {words}"
        return f"A test digit and ten bars, one for each digit that it could be. {words}."

    controls = {
        "number": ipywidgets.IntSlider(0, min=0, max=len(images) - 1, description="test digit"),
        "which": ipywidgets.Dropdown(options=["all digits", "only the mistakes"], description="show"),
    }
    text = (
        "Click the slider's knob and leaf through with the arrow keys. Before you look at the bars: what would "
        "<em>you</em> read? Then see only the mistakes. How often do you side with the network?"
    )
    return Interactive(text, controls, reading.figure, reading.moving, redraw)


def weigh_evidence(network=None, digits=None):
    """How a single layer decides: the image times the weights of one class, pixel by pixel, adds up to its logit."""
    if network is None:
        network, digits = practice(784, 10)
    images, labels, (weights,), (biases,) = digits.test_images, digits.test_labels, network.weights, network.biases
    limit = float(np.abs(weights).max()) * 0.7
    figure, panels = plt.subplots(1, 4, figsize=(9, 2.8))
    pictures = [pixels(panels[0])] + [pixels(axes, "PuOr", -limit, limit) for axes in panels[1:3]]
    titles = [axes.set_title(" ") for axes in panels]
    bars = panels[3].barh(range(10), np.zeros(10), color=BLUE)
    panels[3].axvline(0, color="black", linewidth=0.8)
    panels[3].set(xlim=(-25, 25), ylim=(9.6, -0.6), xlabel="logit", yticks=range(10), box_aspect=1)

    def redraw(number, template):
        image, column = images[number], weights[:, template]
        product, logits = image * column, image @ weights + biases
        for picture, values in zip(pictures, (image, column, product), strict=True):
            picture.set_data(values.reshape(28, 28))
        for digit, (bar, logit) in enumerate(zip(bars, logits, strict=True)):
            bar.set_width(np.clip(logit, -25, 25))
            bar.set_color(BLUE if digit == template else "#999999")
        speaks_for, against = product[product > 0].sum(), product[product < 0].sum()
        logit, read = logits[template], int(np.argmax(logits))
        titles[0].set_text(f"x: {with_article(labels[number])} is meant")
        titles[1].set_text(f"weights of {template}")
        titles[2].set_text(f"{speaks_for:.1f} for, {-against:.1f} against")
        titles[3].set_text(f"logit of {template}: {logit:.1f}, read as {read}")
        return (
            f"Test digit {number}, {with_article(labels[number])}, laid over the weights of class {template}: "
            f"{speaks_for:.1f} for it, {-against:.1f} against; with the bias the logit is {logit:.1f}. "
            f"The largest logit is that of {read}."
        )

    controls = {
        "number": ipywidgets.IntSlider(0, min=0, max=len(images) - 1, description="test digit"),
        "template": ipywidgets.IntSlider(3, min=0, max=9, description="template of class"),
    }
    text = (
        "Lay a digit over the weights of a class. Purple pixels speak for the class, orange ones against it; their sum "
        "and the bias are the logit. Which ink of a 7 speaks against a 9?"
    )
    return Interactive(text, controls, figure, [*pictures, *titles, *bars], redraw)


INTERACTIVES = [browse_digits, weigh_evidence]
