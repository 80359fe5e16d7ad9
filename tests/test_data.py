"""Data: the digits are what they say; damaged or missing files are refused in one sentence and leave nothing behind."""

import gzip
import hashlib
import os
import socket
import subprocess
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from chainrule import data
from chainrule.data import DataError, load_mnist, read_idx


def idx(*shape, values=None, magic=None):
    """The bytes of an idx file, unpacked: its header and its data."""
    values = np.zeros(shape, np.uint8) if values is None else np.asarray(values, np.uint8)
    header = [2048 + len(shape) if magic is None else magic, *shape]
    return b"".join(number.to_bytes(4, "big") for number in header) + values.tobytes()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Four small files in MNIST's format, in a folder that CHAINRULE_DATA names."""
    for name, samples in zip(data.FILES, (6, 6, 3, 3), strict=True):
        content = idx(samples, 28, 28) if "images" in name else idx(samples, values=np.arange(samples) % 10)
        (tmp_path / name).write_bytes(gzip.compress(content))
    monkeypatch.setenv("CHAINRULE_DATA", str(tmp_path))
    return tmp_path


def test_the_small_set_is_stratified_the_same_for_everybody_and_cached(offline):
    digits = load_mnist("small")
    assert digits.train_images.shape == (4000, 784)
    assert digits.test_images.shape == (1000, 784)
    assert digits.train_images.dtype == np.float32
    assert digits.train_images.min() == 0
    assert digits.train_images.max() == 1
    assert np.bincount(digits.train_labels).tolist() == [400] * 10
    assert np.bincount(digits.test_labels).tolist() == [100] * 10
    pixels = np.round(digits.train_images * 255).astype(np.uint8).tobytes() + digits.train_labels.tobytes()
    assert hashlib.sha256(pixels).hexdigest().startswith("4c4e2664f3ea7a5e")
    assert "5,000" in digits.source
    cached = Path(os.environ["CHAINRULE_CACHE"]) / "mnist-small-1.npz"
    assert cached.stat().st_mode & 0o444 == 0o444  # for everybody who shares the folder


def test_a_damaged_cache_is_made_anew(tmp_path, monkeypatch):
    monkeypatch.setenv("CHAINRULE_CACHE", str(tmp_path))
    (tmp_path / "mnist-small-1.npz").write_bytes(b"PK half a file")
    assert len(load_mnist("small").train_labels) == 4000
    assert (tmp_path / "mnist-small-1.npz").stat().st_size > 1_000_000


def test_the_small_set_needs_no_writable_cache(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("CHAINRULE_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.warns(UserWarning, match="cannot be cached in .*file.*Set CHAINRULE_CACHE"):
        assert len(load_mnist("small").test_labels) == 1000


def test_a_write_that_fails_leaves_no_half_file(tmp_path):
    def fail(file):
        file.write(b"half")
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError):
        data._write_whole(tmp_path / "digits.npz", fail)
    assert list(tmp_path.iterdir()) == []


def test_the_full_set_comes_from_chainrule_data(folder):
    digits = load_mnist("full")
    assert digits.train_images.shape == (6, 784)
    assert digits.test_labels.tolist() == [0, 1, 2]
    assert load_mnist("best").source.startswith("the full MNIST")


@pytest.mark.skipif(not os.environ.get("CHAINRULE_DATA"), reason="CHAINRULE_DATA names no folder with MNIST")
def test_the_full_set_is_mnist():
    digits = load_mnist("full")
    assert digits.train_images.shape == (60_000, 784)
    assert digits.test_images.shape == (10_000, 784)
    assert digits.train_labels[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    for name, digest in data.FILES.items():
        assert hashlib.sha256((Path(os.environ["CHAINRULE_DATA"]) / name).read_bytes()).hexdigest() == digest


GZIPPED_LABELS = gzip.compress(idx(6))


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("train-labels-idx1-ubyte.gz", GZIPPED_LABELS[:-9], "damaged"),
        ("train-labels-idx1-ubyte.gz", b"not gzip at all", "not a gzip file"),
        ("train-labels-idx1-ubyte.gz", gzip.compress(idx(6, magic=2052)), "2052"),
        ("train-labels-idx1-ubyte.gz", gzip.compress(b""), "starts with the number"),
        (
            "train-labels-idx1-ubyte.gz",
            gzip.compress(idx(6)[:-1]),
            "header promises 6: it is cut short",
        ),
        ("train-images-idx3-ubyte.gz", gzip.compress(idx(6, 28, 28)[:12]), "cut short"),
        ("train-labels-idx1-ubyte.gz", gzip.compress(idx(6)[:6]), "ends within its header"),
        ("train-labels-idx1-ubyte.gz", gzip.compress(idx(5)), "6 images but 5 labels"),
        ("t10k-labels-idx1-ubyte.gz", gzip.compress(idx(3, values=[1, 2, 10])), "outside 0..9"),
        ("train-labels-idx1-ubyte.gz", gzip.compress(idx(6) + b"\0"), "its header promises 6: it is damaged"),
        ("train-labels-idx1-ubyte.gz", gzip.compress(idx(6, 28, 28)), "are two exchanged?"),
        ("t10k-images-idx3-ubyte.gz", gzip.compress(idx(3, 20, 20)), "do not hold 28 × 28 images"),
    ],
    ids=[
        "truncated",
        "not gzip",
        "magic",
        "empty",
        "too short",
        "header cut",
        "six bytes",
        "counts differ",
        "label 10",
        "too long",
        "images for labels",
        "small images",
    ],
)
def test_a_file_that_is_not_mnist_s_is_refused_in_one_sentence(folder, name, content, words):
    (folder / name).write_bytes(content)
    with pytest.raises(DataError) as error:
        load_mnist("full")
    assert words in str(error.value)
    assert "\n" not in str(error.value)
    assert str(folder) in str(error.value)


def test_a_missing_file_is_named(folder):
    (folder / "t10k-labels-idx1-ubyte.gz").unlink()
    with pytest.raises(DataError, match=r"t10k-labels-idx1-ubyte.gz is not in it"):
        load_mnist("full")


def test_idx_files_are_read_as_numbers(tmp_path):
    (tmp_path / "labels.gz").write_bytes(gzip.compress(idx(3, values=[7, 0, 9])))
    assert read_idx(tmp_path / "labels.gz").tolist() == [7, 0, 9]


def test_without_network_full_says_what_to_do_and_best_says_what_it_uses(offline, monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("CHAINRULE_CACHE", str(tmp_path))
    with pytest.raises(DataError, match=r"could not be downloaded.*check the network.*CHAINRULE_DATA.*small"):
        load_mnist("full")
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == []
    assert len(load_mnist("best").train_labels) == 4000
    assert "Data: the 5,000 offline MNIST digits" in capsys.readouterr().out


def test_a_cache_that_cannot_be_written_to_is_named(offline, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("CHAINRULE_CACHE", str(tmp_path / "file"))
    with pytest.raises(DataError, match=r"cannot be written to.*set CHAINRULE_CACHE"):
        load_mnist("full")


@pytest.fixture
def mirror(tmp_path, monkeypatch):
    """A web server on this machine; returns its folder."""
    folder = tmp_path / "mirror"
    folder.mkdir()
    handler = partial(SimpleHTTPRequestHandler, directory=folder)
    handler.log_message = lambda *arguments: None
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with socket.socket() as free:  # a port on which nobody listens stands for the mirror that is down
        free.bind(("127.0.0.1", 0))
        down = f"http://127.0.0.1:{free.getsockname()[1]}/"
    monkeypatch.setattr(data, "MIRRORS", (down, f"http://127.0.0.1:{server.server_port}/"))
    monkeypatch.setenv("CHAINRULE_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("CHAINRULE_DATA", raising=False)
    for variable in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(variable, raising=False)
    yield folder
    server.shutdown()
    server.server_close()


def test_when_one_mirror_is_down_the_next_one_serves_and_the_cache_keeps_it(mirror, folder, monkeypatch):
    for name in data.FILES:
        (folder / name).rename(mirror / name)
        monkeypatch.setitem(data.FILES, name, hashlib.sha256((mirror / name).read_bytes()).hexdigest())
    monkeypatch.delenv("CHAINRULE_DATA")
    assert len(load_mnist("full").train_labels) == 6
    cached = Path(os.environ["CHAINRULE_CACHE"]) / "mnist" / "train-labels-idx1-ubyte.gz"
    cached.write_bytes(gzip.compress(idx(6, values=[9] * 6)))  # damaged: fetched once more
    assert load_mnist("full").train_labels.tolist() == [0, 1, 2, 3, 4, 5]
    for path in mirror.iterdir():
        path.unlink()
    assert len(load_mnist("full").train_labels) == 6  # now from the cache


def test_a_download_whose_digest_differs_is_refused_and_not_kept(mirror):
    for name in data.FILES:
        (mirror / name).write_bytes(b"something else")
    with pytest.raises(DataError, match=r"could not be downloaded.*ConnectionError.*ValueError"):
        load_mnist("full")
    cache = Path(os.environ["CHAINRULE_CACHE"])
    assert [path.name for path in cache.rglob("*") if path.is_file()] == []


def test_an_unknown_set_is_named():
    with pytest.raises(ValueError, match="'medium'"):
        load_mnist("medium")


def test_average_pool_takes_the_mean_of_blocks():
    image = np.arange(16.0).reshape(1, 16)
    assert data.average_pool(image).tolist() == [[2.5, 4.5, 10.5, 12.5]]
    with pytest.raises(ValueError, match=r"\(1, 15\)"):
        data.average_pool(image[:, :15])
    with pytest.raises(ValueError, match=r"\(16,\)"):
        data.average_pool(image[0])
    with pytest.raises(ValueError, match="side 0"):
        data.average_pool(image, 0)
    assert data.average_pool(image[:0]).shape == (0, 4)


def test_the_running_example_gives_the_lecture_s_numbers():
    from chainrule.layers import linear, sigmoid, softmax

    n = data.running_example()
    hidden = sigmoid(linear(n["x"], n["W1"], n["b1"]))
    logits = linear(hidden, n["W2"], n["b2"])
    assert np.round(hidden, 4).tolist() == [[0.9478, 0.8022, 0.8909, 0.9089]]
    assert np.round(logits, 4).tolist() == [[1.6574, 0.4472]]
    assert np.round(softmax(logits), 4).tolist() == [[0.7703, 0.2297]]


@pytest.mark.parametrize("make", [data.moons, data.spirals])
def test_toy_sets_are_balanced_and_repeatable(make):
    points, labels = make(100, seed=3)
    assert points.shape == (100, 2)
    assert np.bincount(labels).tolist() == [50, 50]
    assert np.array_equal(points, make(100, seed=3)[0])


def test_without_noise_moons_are_half_circles_and_spirals_are_turned_by_equal_angles():
    points, labels = data.moons(100, noise=0)
    centred = points - np.array([[0, 0], [1, 0.5]])[labels]
    assert np.allclose(np.linalg.norm(centred, axis=1), 1)
    assert np.array_equal(centred[:, 1] < 0, labels == 1)
    points, labels = data.spirals(90, noise=0, turns=1.5)
    turned = np.arctan2(points[:, 1], points[:, 0]) / (2 * np.pi) - 1.5 * np.linalg.norm(points, axis=1) - labels / 2
    assert np.allclose(turned, np.round(turned))


def test_gates_are_the_truth_tables():
    assert {name: data.gate(name)[1].tolist() for name in ("AND", "OR", "XOR")} == {
        "AND": [0, 0, 0, 1],
        "OR": [0, 1, 1, 1],
        "XOR": [0, 1, 1, 0],
    }
    with pytest.raises(ValueError, match="NAND"):
        data.gate("NAND")


def test_importing_the_package_stays_light():
    code = "import sys, chainrule, chainrule.data, chainrule.network, chainrule.training, chainrule.gradcheck\n"
    code += "print([m for m in ('matplotlib', 'ipywidgets', 'pandas', 'sklearn', 'torch') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
