"""What distorted digits teach a network that the plain ones do not (lesson 12)."""

from functools import cache

import ipywidgets
import matplotlib.pyplot as plt
import numpy as np

from chainrule.augment import distort
from chainrule.data import load_mnist
from chainrule.network import MLP
from chainrule.plots import BLUE, ORANGE
from chainrule.training import train
from chainrule.widgets.base import Interactive
from chainrule.widgets.reading import pixels, with_article


def wobble(images, random, strength=1.0):
    """Shift, turn, stretch and slant each image by a random amount; `strength` 1 is what a sloppy hand does."""
    ranges = {"shift": 1.5, "rotate": 10, "scale": 0.1, "shear": 0.1}
    return distort(images, random, **{name: strength * largest for name, largest in ranges.items()})


@cache
def two_networks():
    """Two networks that begin alike, one trained on digits as they are, one on distorted ones; and the digits."""
    digits, networks = load_mnist("small"), (MLP((784, 100, 10)), MLP((784, 100, 10)))
    for network, augment in zip(networks, (None, wobble), strict=True):
        options = {"epochs": 10, "learning_rate": 0.2, "augment": augment, "progress": False}
        train(network, digits.train_images, digits.train_labels, **options)
    return *networks, digits


def distorted_digit(plain=None, distorted=None, digits=None):
    """A test digit more and more distorted, as two networks read it: one has met distortions in training, one not."""
    if plain is None:
        plain, distorted, digits = two_networks()
    strengths, images, labels = np.arange(0, 3.01, 0.25), digits.test_images[:300], digits.test_labels[:300]
    networks = {"digits as they are": (plain, ORANGE, "s--"), "distorted digits": (distorted, BLUE, "o-")}
    figure, (picture, bars, curves) = plt.subplots(1, 3, figsize=(9, 2.9), width_ratios=(1, 1, 1.2))
    moved = [wobble(images, np.random.default_rng(1), strength) for strength in strengths]
    for name, (network, colour, style) in networks.items():
        accuracies = [network.accuracy(batch, labels) for batch in moved]
        curves.plot(strengths, accuracies, style, color=colour, markersize=3, label=f"trained on {name}")
    curves.set(xlabel="strength of the distortion", ylabel="accuracy", ylim=(0, 1.05))
    curves.legend(fontsize="small", loc="lower left")
    here = curves.axvline(0, ymin=0.24, color="black", linewidth=1)  # above the legend
    image, title = pixels(picture), picture.set_title(" ")
    columns = [
        bars.barh(np.arange(10) + 0.2 * side, np.zeros(10), 0.4, color=c, hatch="///" * (side < 0))
        for side, c in zip((-1, 1), (ORANGE, BLUE), strict=True)
    ]
    bars.set(xlim=(0, 1), ylim=(9.6, -0.6), xlabel="probability", yticks=range(10))
    words = bars.set_title(" ")

    def redraw(strength, number, draw):
        one = wobble(images[number : number + 1], np.random.default_rng(draw), strength)
        readings = [network.predict(one)[0] for network, *_ in networks.values()]
        image.set_data(one.reshape(28, 28))
        for column, probabilities in zip(columns, readings, strict=True):
            for bar, probability in zip(column, probabilities, strict=True):
                bar.set_width(probability)
        here.set_xdata([strength, strength])
        first, second = (int(np.argmax(probabilities)) for probabilities in readings)
        title.set_text(f"meant: {labels[number]}, strength {strength:.2f}")
        words.set_text(f"orange reads {first}, blue reads {second}")
        return (
            f"Test digit {number}, {with_article(labels[number])}, distorted with strength {strength:.2f}. The network "
            f"trained on digits as they are reads {first}; the one trained on distorted digits reads {second}."
        )

    controls = {
        "strength": ipywidgets.FloatSlider(1, min=0, max=3, step=0.25, description="strength"),
        "number": ipywidgets.IntSlider(3, min=0, max=len(images) - 1, description="test digit"),
        "draw": ipywidgets.IntSlider(0, min=0, max=20, description="another draw"),
    }
    text = (
        "At strength 1 digits are distorted as in training. Raise it, and see which network lets go first, and from "
        "where on you would not blame it."
    )
    moving = [image, title, words, here, *columns[0], *columns[1]]
    return Interactive(text, controls, figure, moving, redraw)


INTERACTIVES = [distorted_digit]
