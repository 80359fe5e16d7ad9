"""Pictures: one style for all figures, alternative text for each, the plots several lessons share, and a neuron."""

import base64
import html
import io

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display
from matplotlib.colors import LinearSegmentedColormap

from chainrule.losses import check_labels

# Okabe and Ito's palette (2008), which survives every common colour-blindness.
BLUE, ORANGE, GREEN, PINK, SKY, RED, YELLOW = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#CC79A7",
    "#56B4E9",
    "#D55E00",
    "#F0E442",
)
REGIONS = LinearSegmentedColormap.from_list("regions", ["#FBDFA8", "white", "#B9D9EE"])  # pale orange to pale blue
plt.rcParams.update(
    {
        "axes.prop_cycle": plt.cycler(color=[BLUE, ORANGE, GREEN, RED, PINK, SKY, "black"]),
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.titlesize": "medium",
        "axes.titlelocation": "left",
        "figure.figsize": (6.4, 3.8),
        "figure.constrained_layout.use": True,
        "image.cmap": "cividis",
        "legend.frameon": False,
    }
)


def image_html(png, alt):
    """An HTML image that carries its own pixels, with alternative text for those who cannot see it."""
    pixels = base64.b64encode(png).decode()
    return f'<img style="max-width:100%" alt="{html.escape(alt, quote=True)}" src="data:image/png;base64,{pixels}">'


def show(figure, alt):
    """Display a figure once, with alternative text, and close it.

    Parameters
    ----------
    figure : matplotlib Figure
    alt : str
        What the figure shows, in words: what a reader who cannot see it should take away.
    """
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=100)
    plt.close(figure)
    display({"text/html": image_html(buffer.getvalue(), alt), "text/plain": f"[figure: {alt}]"}, raw=True)


def show_images(images, titles=None, columns=10, size=0.8, title=None, **options):
    """A grid of digits (or templates): rows of 784 or 196 numbers, drawn as squares.

    Parameters
    ----------
    images : ndarray, shape (N, side²)
    titles : sequence of str, optional
    columns : int
    size : float
        Width of an image in inches.
    title : str, optional
        Over all of them: what they show together.
    **options
        For matplotlib's `imshow`, such as `cmap` or `vmin`.

    Returns
    -------
    matplotlib Figure
    """
    images = np.asarray(images)
    if images.ndim not in (2, 3) or not len(images):
        raise ValueError(f"images of shape {images.shape} are no list of images: one alone is images[:1].")
    images = images.reshape(len(images), -1)
    rows, side = -(-len(images) // columns), int(np.sqrt(images.shape[1]))
    if side * side != images.shape[1]:
        raise ValueError(f"rows of {images.shape[1]} numbers are no square images.")
    figure, grid = plt.subplots(
        rows, columns, figsize=(columns * size, rows * (size + (0.05 if titles is None else 0.25))), squeeze=False
    )
    if title:
        figure.set_figheight(figure.get_figheight() + 0.3)
        figure.suptitle(title, x=0.01, ha="left", fontsize="medium")
    for axes in grid.flat:
        axes.axis("off")
    for k, (axes, image) in enumerate(zip(grid.flat, images, strict=False)):
        axes.imshow(image.reshape(side, side), **{"cmap": "gray_r", **options})
        if titles is not None:
            axes.set_title(titles[k], fontsize="small", loc="center")
    return figure


def scatter_classes(points, labels, axes=None):
    """Points (N, 2) of two classes, 0 as orange squares and 1 as blue circles; returns the axes."""
    points, labels = np.asarray(points), check_labels(labels, 2)
    axes = axes or plt.subplots(figsize=(4.4, 4))[1]
    for label, marker, colour in ((0, "s", ORANGE), (1, "o", BLUE)):
        axes.plot(*points[labels == label].T, marker, color=colour, markeredgecolor="white", label=f"class {label}")
    axes.set(xlabel="x₁", ylabel="x₂")
    return axes


def plane_grid(axes, resolution=120):
    """The points of a square grid over the axes' limits, row by row from below: shape (resolution², 2)."""
    x1, x2 = np.meshgrid(np.linspace(*axes.get_xlim(), resolution), np.linspace(*axes.get_ylim(), resolution))
    return np.column_stack([x1.ravel(), x2.ravel()])


def plot_regions(function, axes, resolution=120):
    """Shade the plane by `function(points)`, from 0 (orange) over ½ (white) to 1 (blue); returns the image."""
    values = function(plane_grid(axes, resolution)).reshape(resolution, resolution)
    extent = (*axes.get_xlim(), *axes.get_ylim())
    return axes.imshow(
        values, REGIONS, origin="lower", extent=extent, aspect=axes.get_aspect(), vmin=0, vmax=1, zorder=-1
    )


def plot_history(history):
    """Training and validation loss against epochs; returns the axes."""
    _, axes = plt.subplots()
    epochs = np.arange(1, len(history.loss) + 1)
    axes.plot(epochs, history.loss, marker=".", label="training")
    if history.validation_loss:
        axes.plot(epochs, history.validation_loss, marker=".", linestyle="--", label="validation")
        axes.legend()
    axes.set(xlabel="epoch", ylabel="mean loss J")
    axes.xaxis.get_major_locator().set_params(integer=True)
    return axes


def plot_confusion(matrix):
    """A confusion matrix, counts or shares: the digit meant down, the digit read across; returns the axes."""
    _, axes = plt.subplots(figsize=(5, 4.4))
    matrix = np.asarray(matrix)
    mistakes = np.where(np.eye(len(matrix), dtype=bool), 0, matrix)
    axes.imshow(mistakes, cmap="Blues")
    for meant, read in np.ndindex(matrix.shape):
        dark = mistakes[meant, read] > mistakes.max() / 2
        axes.text(
            read, meant, f"{matrix[meant, read]:.4g}", ha="center", va="center", color="white" if dark else "black"
        )
    axes.set(xlabel="read as", ylabel="meant", xticks=range(len(matrix)), yticks=range(len(matrix)))
    return axes


def twig(axes, x, y, angle, turn, length, width, forks, colour):
    """Draw a twig of a nerve cell from (x, y) on, which turns, thins out and forks; returns its ends: (x, y, angle)."""
    angles = angle + turn * np.linspace(0, 1, 20)
    xs, ys = x + np.cumsum(np.cos(angles)) * length / 20, y + np.cumsum(np.sin(angles)) * length / 20
    axes.plot(xs, ys, color=colour, linewidth=width, solid_capstyle="round")
    if not forks:
        return [(xs[-1], ys[-1], angles[-1])]
    thinner = (0.9 * length, 0.7 * width, forks - 1, colour)
    return [end for turn in (-0.6, 0.7) for end in twig(axes, xs[-1], ys[-1], angles[-1], turn, *thinner)]


def neuron_and_unit():
    """A nerve cell, much simplified, and beside it the unit made of it: what corresponds has the same colour.

    Returns
    -------
    matplotlib Figure
    """
    figure, axes = plt.subplots(figsize=(9, 4))
    axes.set(xlim=(0, 18), ylim=(0, 8), aspect="equal")
    axes.set_title("The unit keeps three jobs of the cell: receive, decide, send")
    axes.axis("off")
    words = {"ha": "center", "va": "center", "fontsize": 11, "zorder": 4}
    body = {"facecolor": "#FBDFA8", "edgecolor": ORANGE, "linewidth": 3, "zorder": 3}
    synapse = {"marker": "o", "color": RED}

    ends = []  # of the dendrites
    for angle in np.radians([118, 159, 201, 242]):
        ends += twig(axes, 4.2 + 0.7 * np.cos(angle), 4.2 + 0.7 * np.sin(angle), angle, 0, 1, 5, 2, BLUE)
    for (x, y, angle), size in zip(ends[1::2], [7, 4, 10, 7, 4, 10, 4, 7], strict=True):
        axes.plot([x, x + 0.5 * np.cos(angle)], [y, y + 0.5 * np.sin(angle)], color="#999999")  # from another cell
        axes.plot(x, y, markersize=size, **synapse)
    axes.add_patch(plt.Circle((4.2, 4.2), 0.85, **body))
    axes.plot([5, 6.8], [4.2, 4.2], color=GREEN, linewidth=4)
    for x, y, _ in twig(axes, 6.8, 4.2, 0, 0, 0.8, 4, 2, GREEN):
        axes.plot(x, y, "o", color=GREEN, markersize=9)

    for k, y, size in [("₁", 6.5, 10), ("₂", 4.9, 4), ("ₙ", 1.9, 7)]:
        weight = 0.55 * y + 0.45 * 4.2  # its height: nearly half-way to the sum
        axes.plot([10.8, 13.3], [y, 4.2], color=BLUE, linewidth=2)
        axes.plot(11.9, weight, markersize=size, **synapse)
        axes.add_patch(plt.Circle((10.8, y), 0.5, facecolor="white", edgecolor=BLUE, linewidth=3, zorder=3))
        axes.text(10.8, y, f"x{k}", **words)
        axes.text(12, weight + 0.45, f"w{k}", **words)
    for x in (13.2, 14.7):
        axes.add_patch(plt.Rectangle((x, 3.45), 1.5, 1.5, **body))
    axes.plot([15, 15.45, 15.45, 15.9], [3.85, 3.85, 4.55, 4.55], color="black", zorder=4)
    axes.plot([16.2, 17.3], [4.2, 4.2], color=GREEN, linewidth=4)
    axes.add_patch(plt.Circle((17.3, 4.2), 0.5, facecolor="white", edgecolor=GREEN, linewidth=3, zorder=3))
    for x, y, sign in [(10.8, 3.4, "⋮"), (13.95, 4.2, "Σ"), (17.3, 4.2, "ŷ")]:
        axes.text(x, y, sign, **{**words, "fontsize": 16 if sign == "Σ" else 11})

    names = ("synapses", "dendrites", "cell body", "axon", "terminals", "inputs", "weights", "sum", "step", "output")
    places = (1.5, 1.2, 5.3, 6.2, 8.3, 10.8, 12.4, 13.95, 15.45, 17.3), (7.1, 1.3, 5.4, 4.65, 5.5, 7.4, 6.6, *3 * [5.4])
    for name, x, y in zip(names, *places, strict=True):
        axes.text(x, y, name, **words)
    jobs = [(BLUE, "receive"), (ORANGE, "decide"), (GREEN, "send")] * 2
    spans = [(0.6, 3.1), (3.3, 5.1), (5.3, 8.8), (10.2, 12.9), (13.1, 16.3), (16.5, 17.8)]
    for (colour, job), span in zip(jobs, spans, strict=True):
        axes.plot(span, [0.7, 0.7], color=colour, linewidth=3)
        axes.text(sum(span) / 2, 0.25, job, **words)
    return figure


def draw_product(axes, x, sides, shape, colours):
    """Two matrices and their product as rectangles to scale; the axes lose their frame.

    The left factor stands on the left, the right one above, the product in the corner between them. The inner sides are
    thick, and the dotted lines complete them to a square, which closes only because they are equally long.

    Parameters
    ----------
    axes : matplotlib Axes
    x : float
        Where the left factor begins.
    sides : str
        The names of three lengths: rows, inner side, columns.
    shape : dict
        How long each of them is.
    colours : dict
        From the name of the left factor, the right one and the product to its colour.
    """
    rows, inner, columns = (shape[side] for side in sides)
    corner = x + inner
    places = [(x, -rows, inner, rows), (corner, 0, columns, inner), (corner, -rows, columns, rows)]
    for (left, bottom, width, height), (name, colour) in zip(places, colours.items(), strict=True):
        axes.add_patch(plt.Rectangle((left, bottom), width, height, facecolor=colour, edgecolor="black"))
        axes.text(left + width / 2, bottom + height / 2, name, ha="center", va="center")
    axes.plot([x, corner, corner], [0, 0, inner], color=RED, linewidth=5, solid_joinstyle="miter")
    axes.plot([x, x, corner], [0, inner, inner], ":", color=RED)
    axes.text(x + inner / 2, inner / 2, f"{sides[1]} × {sides[1]}", ha="center", va="center")
    axes.text(x - 0.3, -rows / 2, sides[0], ha="right", va="center")
    axes.text(corner + columns / 2, inner + 0.2, sides[2], ha="center")
    axes.set_aspect("equal")
    axes.axis("off")
