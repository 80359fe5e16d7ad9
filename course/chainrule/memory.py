"""Arrays side by side in one vector, so that one operation changes them all."""

import itertools
import math

import numpy as np

LINE = 64  # bytes that a processor's cache takes from memory at once


def side_by_side(shapes, dtype):
    """Zeros in these shapes, one after another in one vector.

    Returns
    -------
    vector : ndarray, shape (N,)
        For all N numbers.
    parts : list of ndarray
        Its parts in the shapes given; they share its memory.
    """
    sizes = [math.prod(shape) for shape in shapes]
    room = np.zeros(sum(sizes) + LINE, dtype)
    # NumPy's arrays start anywhere in a line; then what the processor takes at once often lies in two lines.
    start = -room.ctypes.data % LINE // room.itemsize
    vector = room[start : start + sum(sizes)]
    return vector, parts_of(vector, shapes)


def parts_of(vector, shapes):
    """The vector cut into parts of these shapes, which share its memory."""
    ends = np.cumsum([math.prod(shape) for shape in shapes])
    return [part.reshape(shape) for part, shape in zip(np.split(vector, ends[:-1]), shapes, strict=True)]


def vector_of(parts):
    """The vector whose parts these arrays are, side by side from its first to its last; None if they are no such."""
    first, room = parts[0], parts[0].base
    if not isinstance(room, np.ndarray) or room.ndim != 1:
        return None
    alike = all(part.base is room and part.dtype == room.dtype for part in parts)
    ready = all(part.flags.c_contiguous and part.flags.writeable for part in parts)
    joined = all(part.ctypes.data + part.nbytes == after.ctypes.data for part, after in itertools.pairwise(parts))
    if not (alike and ready and joined):
        return None
    start = (first.ctypes.data - room.ctypes.data) // room.itemsize
    return room[start : start + sum(part.size for part in parts)]
