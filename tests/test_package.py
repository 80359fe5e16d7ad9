"""The project as a whole: one version of each fact, and files that say what is so."""

import ast
import io
import re
import subprocess
import sys
import tokenize
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def tracked(pattern="*"):
    listed = subprocess.run(["git", "ls-files", pattern], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).is_file()]


def requirements(lines):
    found = {}
    for line in lines:
        name, minimum = re.match(r"([A-Za-z0-9_.-]+)\s*(?:>=\s*([\d.]+))?", line).groups()
        found[name.lower()] = minimum
    return found


def test_environment_yml_asks_for_what_pyproject_asks_for():
    lines = (ROOT / "environment.yml").read_text(encoding="utf-8").splitlines()
    section = lines[lines.index("dependencies:") :]
    listed = requirements(
        line.strip()[2:] for line in section if re.match(r"  - [a-z0-9]", line) and "pip:" not in line
    )
    wanted = requirements(PROJECT["dependencies"])
    wanted["matplotlib-base"] = wanted.pop("matplotlib")  # conda-forge's name for it without Qt
    python = listed.pop("python")
    assert python == PROJECT["requires-python"].removeprefix(">=")
    assert listed.pop("pip", "there") in (None, "there")
    assert listed == wanted
    assert "  - conda-forge" in lines
    assert "    - -e ." in lines


def test_pytorch_is_brought_by_nothing_but_the_extra_for_peers():
    extras = PROJECT["optional-dependencies"]
    assert "torch" in requirements(extras.pop("peers"))
    assert not any("torch" in line for lines in [PROJECT["dependencies"], *extras.values()] for line in lines)


@pytest.mark.parametrize("tool", [["ruff", "check", "."], ["ruff", "format", "--check", "."]], ids=["lint", "format"])
def test_python_and_notebooks_are_clean(tool):
    result = subprocess.run([sys.executable, "-m", *tool], cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr


def test_spelling():
    files = [str(path) for path in tracked() if path.suffix in {".py", ".md", ".ipynb", ".toml", ".yml"}]
    result = subprocess.run([sys.executable, "-m", "codespell_lib", *files], cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout


def test_no_module_is_too_long():
    # Docstrings count: they are read too.
    for path in tracked("course/chainrule/*.py") + tracked("grader/*.py"):
        if "variants" not in path.parts:
            assert len(path.read_text(encoding="utf-8").splitlines()) <= 400, f"{path.name} is too long"


def code_lines(path):
    """How many lines hold code: neither blank, nor comment, nor docstring."""
    text = path.read_text(encoding="utf-8")
    apart = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
    tokens = [token for token in tokenize.generate_tokens(io.StringIO(text).readline) if token.type not in apart]
    lines = {line for token in tokens for line in range(token.start[0], token.end[0] + 1)}
    bare = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Expr)]
    docstrings = [node for node in bare if isinstance(node.value, ast.Constant)]
    return len(lines - {line for node in docstrings for line in range(node.lineno, node.end_lineno + 1)})


def test_the_package_can_be_read_in_an_evening():
    core = [path for path in (ROOT / "course" / "chainrule").glob("*.py") if path.stem not in {"plots", "check"}]
    assert 500 < sum(map(code_lines, core)) <= 900, "widgets, plots and the instant feedback apart"


def test_readme_names_only_targets_and_files_that_exist():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"(?m)(?:^|`)make ([a-z-]+)", text):
        assert re.search(rf"(?m)^{target}:", makefile), f"the README names make {target}"
    for link in re.findall(r"\]\(([^)#:\s]+)\)|src=\"([^\":]+)\"", text):
        path = link[0] or link[1]
        assert (ROOT / path).exists(), f"the README links to {path}"


def test_mnist_is_not_in_the_repository():
    assert not [path for path in tracked() if "ubyte" in path.name or path.suffix in {".gz", ".npz", ".npy"}]


@pytest.mark.parametrize("workflow", ["tests", "book"])
def test_workflows_keep_to_githubs_schema_and_call_targets_that_exist(workflow):
    path = ROOT / ".github" / "workflows" / f"{workflow}.yml"
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", str(path)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"run: make ([a-z-]+)", path.read_text(encoding="utf-8"))
    assert targets
    assert all(re.search(rf"(?m)^{target}:", makefile) for target in targets)
