"""More data from the data at hand: digits moved, turned and stretched a little are still the same digits."""

import numpy as np


def random_affine(images, random, shift=2.0, rotate=10.0, scale=0.1, shear=0.1):
    """Move, turn, stretch and slant each image by a random amount, all of a batch at once.

    Parameters
    ----------
    images : ndarray of float, shape (R, side²)
        Square images as rows; the background is 0.
    random : numpy.random.Generator
    shift : float
        Largest shift, in pixels, in each direction.
    rotate : float
        Largest angle, in degrees.
    scale, shear : float
        Largest relative change of size in each direction, and largest slant.

    Returns
    -------
    ndarray, the shape and dtype of images
    """
    count, side = len(images), int(np.sqrt(images.shape[1]))
    angle = np.radians(random.uniform(-rotate, rotate, count))
    stretch = 1 + random.uniform(-scale, scale, (2, count))
    slant = random.uniform(-shear, shear, count)
    # For each pixel of the new image: where does it come from? The axes of the old image, seen from the new one.
    across = np.stack([np.cos(angle) * stretch[0], -np.sin(angle) * stretch[0] + slant])[:, :, None]
    down = np.stack([np.sin(angle) * stretch[1] + slant, np.cos(angle) * stretch[1]])[:, :, None]
    y, x = np.mgrid[:side, :side].reshape(2, -1) - (side - 1) / 2
    move_y, move_x = random.uniform(-shift, shift, (2, count, 1)) + (side - 1) / 2
    return sample(images, down[0] * x + down[1] * y + move_y, across[0] * x + across[1] * y + move_x)


def sample(images, rows, columns):
    """Read images between their pixels: bilinear interpolation at `rows`, `columns`, each of shape (R, points).

    Outside an image everything is 0.
    """
    count, side = len(images), int(np.sqrt(images.shape[1]))
    framed = np.zeros((count, side + 2, side + 2), images.dtype)  # a frame of zeros saves asking what lies outside
    framed[:, 1:-1, 1:-1] = images.reshape(count, side, side)
    rows, columns = np.clip(rows + 1, 0, side + 0.999), np.clip(columns + 1, 0, side + 0.999)
    top, left = rows.astype(np.intp), columns.astype(np.intp)
    below, right = (rows - top).astype(images.dtype), (columns - left).astype(images.dtype)
    corner = top * (side + 2) + left + np.arange(count)[:, None] * (side + 2) ** 2
    pixels = framed.reshape(-1)
    upper = pixels[corner] * (1 - right) + pixels[corner + 1] * right
    lower = pixels[corner + side + 2] * (1 - right) + pixels[corner + side + 3] * right
    return upper * (1 - below) + lower * below
