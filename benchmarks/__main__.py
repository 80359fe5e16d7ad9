"""python -m benchmarks [PART ...]: measure and write benchmarks/results; the capstone has a script of its own."""

import importlib
import subprocess
import sys
from typing import Annotated

import typer

PARTS = ["training", "growth", "lectures", "course", "grading"]


def main(parts: Annotated[list[str] | None, typer.Argument(help=f"Some of: {', '.join(PARTS)}.")] = None):
    """Measure, contestants in turn, and write a table and a figure for each part into benchmarks/results."""
    for part in parts or PARTS:
        if part not in PARTS:
            raise typer.BadParameter(f"there is no benchmark {part!r}; there are {', '.join(PARTS)}.")
    if parts and len(parts) == 1:
        return importlib.import_module(f"benchmarks.{parts[0]}").run()
    for part in parts or PARTS:  # each in a process of its own, so that none inherits another's threads and memory
        subprocess.run([sys.executable, "-m", "benchmarks", part], check=True)


if __name__ == "__main__":
    typer.run(main)
