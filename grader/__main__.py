"""``python -m grader``, the same as the command ``grader``."""

import sys
from pathlib import Path

import grader

if sys.platform == "win32":  # no file locks, no resource limits, no bubblewrap there
    sys.exit("grader: grading needs Linux; on Windows, install and run it in the Windows Subsystem for Linux (WSL).")

EXTRA = ("distributed", "nbclient", "nbformat", "rich", "typer")  # as pyproject.toml has it


# In a course's own folder, which holds a folder `grader` as well, `python -m` takes that for a part of this package.
grader.__path__ = [str(Path(__file__).parent)]


def main():
    """Run the command, if the software that it needs is here."""
    try:
        from grader.cli import main as run

        run()
    except ModuleNotFoundError as error:
        if error.name not in EXTRA:
            raise
        sys.exit(f"grader: {error.name} is missing: pip install 'chainrule[grader]'")


if __name__ == "__main__":
    main()
