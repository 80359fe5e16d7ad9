"""Run lessons, two at a time, and keep what they put out for as long as nothing that it depends on changes."""

import hashlib
import json
import os
import platform
import re
import tempfile
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from packaging.requirements import Requirement

IMPORT = re.compile(r"from (chainrule[\w.]*) import (\([^)]*\)|[\w, ]+)")
ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "course" / "chainrule"


class BookError(Exception):
    """Something that keeps the book from being made, in a sentence for the person who makes it."""


def modules(code, found=None):
    """The source files of the helper package that code imports, and those that these import in turn."""
    found = set() if found is None else found
    for module, names in IMPORT.findall(code):
        folder = PACKAGE.parent.joinpath(*module.split("."))
        words = re.findall(r"\w+", names)
        candidates = [folder / "__init__.py", folder.with_suffix(".py"), *(folder / f"{word}.py" for word in words)]
        for path in candidates:
            if path.is_file() and path not in found:
                found.add(path)
                modules(path.read_text(encoding="utf-8"), found)
    return found


def fingerprint(notebook):
    """A digest of all that a notebook's outputs depend on: its code, the helper package's, Python and the packages."""
    code = [(cell.id, cell.source) for cell in notebook.cells if cell.cell_type == "code"]
    needed = [Requirement(line) for line in metadata.requires("chainrule")]
    names = sorted(requirement.name for requirement in needed if not requirement.marker)
    text = "\n".join(source for _, source in code)
    versions = [*map(metadata.version, names), "import torch" in text and version_of("torch")]
    digest = hashlib.sha256(json.dumps([code, platform.python_version(), *versions]).encode())
    for path in [*sorted(modules(text)), ROOT / "book" / "frames.py"]:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:20]


def version_of(package):
    """The version of a package that a lesson can do without, None where it is not installed."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def environment(cache):
    """What lessons run in: one thread, no network, no full MNIST, as in the tests; and book.frames within reach."""
    variables = {name: value for name, value in os.environ.items() if name != "CHAINRULE_DATA"}
    variables |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    variables |= dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), "http://127.0.0.1:9")
    paths = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    return variables | {"CHAINRULE_CACHE": str(cache / "digits"), "PYTHONPATH": paths}


def run(path, variables, timeout=300):
    """Execute one notebook in an empty folder; returns the outputs of its cells by id."""
    notebook = nbformat.read(path, as_version=4)
    with tempfile.TemporaryDirectory() as folder:
        client = NotebookClient(
            notebook,
            timeout=timeout,
            kernel_name="python3",
            coalesce_streams=True,
            store_widget_state=False,
            extra_arguments=["--log-level=ERROR", "--ext=book.frames"],
            resources={"metadata": {"path": folder}},
        )
        try:
            client.execute(env=variables)
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            raise BookError(failure(path, notebook, error)) from None
    return {cell.id: cell.outputs for cell in notebook.cells if cell.cell_type == "code"}


def failure(path, notebook, error):
    """The sentence that names lesson, cell and error."""
    started = [cell for cell in notebook.cells if "execution" in cell.metadata] or notebook.cells
    if isinstance(error, CellExecutionError):
        # What fails only when it is displayed, such as an interactive's frame, has its name in the cell's output alone.
        error = next((output for output in started[-1].outputs if output.output_type == "error"), error)
        said = f"{error.ename}: {error.evalue}"
    elif isinstance(error, CellTimeoutError):
        said = "it takes too long"
    else:
        said = "the kernel died"
    return f"{path.parent.name}/{path.name} fails in cell {started[-1].id!r}: {said}"


def outputs_of(paths, cache, say=print):
    """What the notebooks put out, from the cache where it is still good.

    Parameters
    ----------
    paths : list of Path
    cache : Path
        A folder; it is made if missing.
    say : callable
        Told which notebook is run.

    Returns
    -------
    dict of Path to dict
        For each notebook, its cells' lists of outputs by cell id.

    Raises
    ------
    BookError
        If a lesson fails; it names lesson, cell and error.
    """
    cache.mkdir(parents=True, exist_ok=True)
    variables = environment(cache)

    def one(path):
        kept = cache / f"{path.stem}-{fingerprint(nbformat.read(path, as_version=4))}.json"
        if not kept.exists():
            say(f"running {path.name}")
            outputs = run(path, variables)
            for old in cache.glob(f"{path.stem}-*.json"):
                old.unlink()
            kept.write_text(json.dumps(outputs), encoding="utf-8")
        return json.loads(kept.read_text(encoding="utf-8"))

    with ThreadPoolExecutor(2) as pool:  # the work is done in the kernels, which are processes
        futures = [pool.submit(one, path) for path in paths]
        try:
            return {path: future.result() for path, future in zip(paths, futures, strict=True)}
        except BookError:
            pool.shutdown(cancel_futures=True)
            raise
