"""Is everything here that the course needs? A line for each thing, OK or FAIL, with what to do about it."""

import os
import platform
import warnings
from importlib import metadata

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from chainrule.data import FILES, DataError, cache_folder, load_mnist


def check():
    """Print OK or FAIL for Python, for each package and for the data, and at the end what to do."""
    verdicts = []
    for good, what in findings():
        print("OK  " if good else "FAIL", what)
        verdicts.append(good)
    failures = verdicts.count(False)
    print("\nAll is there." if not failures else f"\n{failures} of {len(verdicts)} to put right; the lines say how.")


def findings():
    """Yield a pair (good, sentence) for each thing that the course needs; what it needs is read from the package."""
    try:
        wanted = [Requirement(line) for line in metadata.requires("chainrule") or []]
        python = SpecifierSet(metadata.metadata("chainrule")["Requires-Python"])
    except metadata.PackageNotFoundError:
        yield False, "chainrule is not installed in this Python: close this, run `make lab` and open the lesson there"
        return
    version = platform.python_version()
    yield version in python, f"Python {version}" + ("" if version in python else f", but the course needs {python}")
    for requirement in wanted:
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield package(requirement.name, requirement.specifier)
    yield offline_digits()
    yield full_mnist()


def package(name, specifier):
    """Whether a package is installed in a version that will do."""
    remedy = f'python -m pip install "{name}{specifier}"'
    try:
        version = metadata.version(name)
    except metadata.PackageNotFoundError:
        return False, f"{name} is missing: {remedy}"
    good = specifier.contains(version, prereleases=True)
    return good, f"{name} {version}" + ("" if good else f" is too old: {remedy}")


def offline_digits():
    """Whether the 5,000 digits can be read, and kept for the next time."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            source = load_mnist("small").source
        except ImportError as error:
            return False, f"the offline digits cannot be read: {error}"
    complaints = [str(warning.message) for warning in caught if issubclass(warning.category, UserWarning)]
    return not complaints, complaints[0] if complaints else source


def full_mnist():
    """Whether the 70,000 digits can be read; that they have not been downloaded yet is no failure."""
    absent = "the full MNIST is not here yet: lesson 10 downloads it (11 MB), or does with the offline digits"
    try:
        if os.environ.get("CHAINRULE_DATA") or all((cache_folder() / "mnist" / name).is_file() for name in FILES):
            return True, load_mnist("full").source
        return True, absent
    except DataError as error:
        return False, str(error)
    except ImportError as error:  # what looks for the cache is missing itself
        return False, f"the full MNIST cannot be looked for: {error}"
