"""python -m book: make the web book in book/_build/html. `--only 00 02` makes some of its lessons only."""

import argparse
import shutil
import sys
from pathlib import Path

from sphinx.cmd.build import main as sphinx_build

from book.execute import BookError
from book.stage import stage


def build(folder, only=()):
    """Make the book below `folder`; returns Sphinx's exit code, 0 if all went well and nothing warned."""
    stage(folder, only)
    html, config = folder / "html", Path(__file__).parent
    options = ["-c", str(config), "-d", str(folder / "doctrees"), "-b", "html", "-q", "-W", "--keep-going", "-j", "2"]
    options += ["-D", f"html_extra_path={folder / 'extra'}"]
    shutil.rmtree(html / "course" / "frames", ignore_errors=True)  # there may be fewer now; Sphinx only adds
    status = sphinx_build([*options, str(folder / "source"), str(html)])
    for page in [path for path in html.rglob("*.html") if "_static" not in path.relative_to(html).parts]:
        source = (folder / "source" / page.relative_to(html)).with_suffix("")
        if page.stem not in {"genindex", "search"} and not list(source.parent.glob(f"{source.name}.*")):
            page.unlink()  # made by an earlier build, from what is no longer there
    return status


def main():
    parser = argparse.ArgumentParser(prog="python -m book", description="Make the web book.")
    parser.add_argument("--only", nargs="*", default=[], help="lessons to take, by the beginning of their names")
    parser.add_argument("--folder", type=Path, default=Path(__file__).parent / "_build", help="where to make it")
    arguments = parser.parse_args()
    try:
        status = build(arguments.folder.resolve(), arguments.only)
    except BookError as error:
        sys.exit(f"The book can't be made. {error}")
    if status == 0:
        print(f"The book is in {arguments.folder / 'html' / 'index.html'}")
    sys.exit(status)


if __name__ == "__main__":
    main()
