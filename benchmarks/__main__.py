"""python -m benchmarks [PART ...]: measure and write benchmarks/results; the capstone has a script of its own."""

import importlib
from typing import Annotated

import typer

PARTS = ["training", "growth", "lectures", "course", "grading"]


def main(parts: Annotated[list[str] | None, typer.Argument(help=f"Some of: {', '.join(PARTS)}.")] = None):
    """Measure, contestants in turn, and write a table and a figure for each part into benchmarks/results."""
    for part in parts or PARTS:
        if part not in PARTS:
            raise typer.BadParameter(f"there is no benchmark {part!r}; there are {', '.join(PARTS)}.")
        importlib.import_module(f"benchmarks.{part}").run()


if __name__ == "__main__":
    typer.run(main)
