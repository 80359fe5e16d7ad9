"""More data from the data at hand: a digit moved, turned, stretched or bent a little is still the same digit."""

import numpy as np


def distort(images, random, shift=2.0, rotate=10.0, scale=0.1, shear=0.1, elastic=0.0, smoothness=4.0):
    """Distort each image by a random amount of its own, all of a batch at once.

    Affine distortions move straight lines to straight lines; elastic ones bend them, by a random field of displacements
    that a Gaussian has smoothed (Simard, Steinkraus and Platt, 2003).

    Parameters
    ----------
    images : ndarray of float, shape (R, side²)
        Square images as rows; the background is 0.
    random : int or numpy.random.Generator
    shift : float
        Largest shift, in pixels, in each direction.
    rotate : float
        Largest angle, in degrees.
    scale, shear : float
        Largest relative change of size in each direction, and largest slant.
    elastic : float
        Standard deviation of the elastic displacement, in pixels; 0 for none.
    smoothness : float
        Standard deviation of the Gaussian that smooths it, in pixels.

    Returns
    -------
    ndarray, the shape and dtype of images

    Raises
    ------
    ValueError
        If the images are no floats, or no rows of squares, or `elastic` is negative, or `smoothness` 0 or less.
    """
    count, side = len(images), side_of(images)
    if elastic < 0 or smoothness <= 0:
        raise ValueError(f"elastic must be 0 or more and smoothness above 0, not {elastic} and {smoothness}.")
    random = np.random.default_rng(random)
    uniform = lambda largest, *shape: random.uniform(-largest, largest, (*shape, count, 1)).astype(np.float32)  # noqa: E731
    angle, slant, (stretch_x, stretch_y) = uniform(np.radians(rotate)), uniform(shear), 1 + uniform(scale, 2)
    cosine, sine = np.cos(angle), np.sin(angle)
    # Where in the old image does each pixel of the new one come from? Measured from the centre.
    y, x = (np.mgrid[:side, :side].reshape(2, 1, -1) - (side - 1) / 2).astype(np.float32)
    move_y, move_x = uniform(shift, 2) + np.float32((side - 1) / 2)
    rows = stretch_y * (sine * x + cosine * y) + slant * x + move_y
    columns = stretch_x * (cosine * x - sine * y) + move_x
    if elastic:
        distance = np.arange(side)[:, None] - np.arange(side)
        gaussian = np.exp(-0.5 * (distance / smoothness) ** 2).astype(np.float32)
        gaussian *= np.sqrt(elastic) / np.linalg.norm(gaussian[side // 2])  # so that smoothed noise has this spread
        noise = random.standard_normal((2, count, side, side), dtype=np.float32)
        bend_y, bend_x = (gaussian @ noise @ gaussian).reshape(2, count, -1)
        rows += bend_y
        columns += bend_x
    return sample(images, rows, columns)


def upright(images):
    """Take the slant out of each digit: shear it until its upper and its lower half stand above one another.

    Then the covariance of row and column, weighted by ink, is 0 ("deslanting" in LeCun et al., 1998).

    Parameters
    ----------
    images : ndarray of float, shape (R, side²)
        Square images as rows; the background is 0.

    Returns
    -------
    ndarray, the shape and dtype of images

    Raises
    ------
    ValueError
        If the images are no floats, or no rows of squares.
    """
    side, nearly_none = side_of(images), 1e-6  # an image without ink stays as it is
    y, x = np.mgrid[:side, :side].reshape(2, 1, -1).astype(images.dtype)
    ink = np.maximum(images.sum(axis=1, keepdims=True), nearly_none)
    below, right = y - images @ y.T / ink, x - images @ x.T / ink  # measured from the centre of mass
    spread = np.maximum(np.sum(images * below**2, axis=1, keepdims=True), nearly_none)
    slant = np.sum(images * below * right, axis=1, keepdims=True) / spread
    return sample(images, np.broadcast_to(y, images.shape), x + slant * below)


def side_of(images):
    """The side of square images of floats, given as rows, or a ValueError that says what they are instead."""
    if images.dtype.kind != "f":
        raise ValueError(f"images must be floats in 0..1, not {images.dtype}: divide them by 255.")
    side = int(np.sqrt(images.shape[-1]))
    if images.ndim != 2 or side * side != images.shape[1]:
        raise ValueError(f"images of shape {images.shape} are not rows of squares.")
    return side


def sample(images, rows, columns):
    """Read images between their pixels: bilinear interpolation at `rows`, `columns`, each of shape (R, points).

    Outside an image everything is 0.
    """
    count, side = len(images), int(np.sqrt(images.shape[1]))
    width = side + 3  # with a frame of zeros, two at the far ends, nobody needs to ask what lies outside
    framed = np.zeros((count, width, width), images.dtype)
    framed[:, 1:-2, 1:-2] = images.reshape(count, side, side)
    rows, columns = np.clip(rows + 1, 0, side + 1), np.clip(columns + 1, 0, side + 1)
    top, left = rows.astype(np.int32), columns.astype(np.int32)
    below, right = (rows - top).astype(images.dtype), (columns - left).astype(images.dtype)
    corner = top * width + left + np.arange(0, framed.size, width * width, dtype=np.int32)[:, None]
    pixels = framed.reshape(-1)
    upper, lower = pixels.take(corner), pixels.take(corner + width)
    upper += right * (pixels.take(corner + 1) - upper)
    lower += right * (pixels.take(corner + width + 1) - lower)
    return upper + below * (lower - upper)
