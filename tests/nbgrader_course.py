"""A copy of the course to run nbgrader in: its solutions and its configuration, nothing else."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import tiny_course
from test_package import ROOT


class NbgraderCourse:
    """A course on disk on which `nbgrader` commands are run as an instructor or a student runs them.

    Parameters
    ----------
    root : Path
        A folder that does not exist yet.
    """

    def __init__(self, root: Path):
        self.root = root
        (root / "grader").mkdir(parents=True)
        shutil.copy(ROOT / "grader" / "nbgrader_config.py", root / "grader")
        shutil.copytree(ROOT / "solutions", root / "solutions", ignore=shutil.ignore_patterns(".*"))
        self.exchange = root / "exchange"
        self.exchange.mkdir()
        self.exchange.chmod(0o777)

    def nbgrader(self, *arguments, folder=None, **variables):
        """Run one command with the course's configuration; its output. An error fails the test."""
        path = {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
        environment = tiny_course.environment(self) | path | variables
        command = [sys.executable, "-m", "nbgrader", *arguments, f"--Exchange.root={self.exchange}"]
        done = subprocess.run(
            command, cwd=folder or self.root, env=environment, capture_output=True, text=True, timeout=300
        )
        assert done.returncode == 0, f"nbgrader {' '.join(arguments)}:\n{done.stdout}{done.stderr}"
        return done.stdout + done.stderr


def answered(release: Path, solution: Path, answers) -> str:
    """The released notebook with the instructor's source in some of its answer cells, as a student saves it."""
    notebook, source = nbformat.read(release, 4), nbformat.read(solution, 4)
    sources = {cell.id: cell.source for cell in source.cells}
    for cell in notebook.cells:
        if cell.metadata.nbgrader.solution and cell.id in answers:
            cell.source = sources[cell.id]
    return nbformat.writes(notebook)
