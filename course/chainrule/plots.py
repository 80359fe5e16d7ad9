"""Pictures: one style for all figures, alternative text for each, and the few plots that several lessons share."""

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


def plot_history(history, axes=None):
    """Training and validation loss against epochs; returns the axes."""
    axes = axes or plt.subplots()[1]
    epochs = np.arange(1, len(history.loss) + 1)
    axes.plot(epochs, history.loss, marker=".", label="training")
    if history.validation_loss:
        axes.plot(epochs, history.validation_loss, marker=".", linestyle="--", label="validation")
        axes.legend()
    axes.set(xlabel="epoch", ylabel="mean loss J")
    axes.xaxis.get_major_locator().set_params(integer=True)
    return axes


def plot_confusion(matrix, axes=None):
    """A confusion matrix, counts or shares: the digit meant down, the digit read across; returns the axes."""
    axes = axes or plt.subplots(figsize=(5, 4.4))[1]
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
