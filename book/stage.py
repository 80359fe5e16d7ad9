"""Make the book's pages from the lessons, the assignments and the guides: what Sphinx then reads.

A page differs from its notebook only in what a page without a kernel needs: cells have their outputs, "Check yourself"
cells are forms, interactives go through pictures made beforehand, and the marks of checked numbers are gone.
"""

import base64
import html
import json
import os
import re
import shutil
import tomllib
from pathlib import Path

import nbformat
from nbformat.v4 import new_markdown_cell, new_output

from book.execute import BookError, outputs_of
from book.frames import MIME

ROOT = Path(__file__).parent.parent
PAGES = ROOT / "book" / "pages"
QUESTIONS = ROOT / "course" / "chainrule" / "questions"
GUIDE = ROOT / "grader" / "README.md"
MEASURED = ROOT / ".github" / "CONTRIBUTING.md"

MARK = re.compile(r"<!--=.*?-->", re.DOTALL)
STILL = re.compile(r"<details><summary>[^<]*</summary>\s*!\[[^\]]*\]\(figures/[^)]*\)\s*</details>")
LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)")
QUESTION = re.compile(r'answer = None(?:[ \t]*#[ \t]*(.*))?\s*check\.answer\("(\w+)\.(\w+)", answer\)')
RUN = re.compile(r"(?m)^\| ([\w-]+) \| \d+ \| (\d+) \|")  # a row of the table of measured lessons
MINUTES = re.compile(r"\*\*About (\d+) minutes")
WIDGET = "application/vnd.jupyter.widget-view+json"


def repository():
    """The address of the course's GitHub repository, from CHAINRULE_REPOSITORY, or "" where it is not set."""
    address = os.environ.get("CHAINRULE_REPOSITORY", "").rstrip("/")
    if address and not re.fullmatch(r"https://github\.com/[\w.-]+/[\w.-]+", address):
        raise BookError(f"CHAINRULE_REPOSITORY should be like https://github.com/OWNER/NAME, not {address!r}.")
    return address


def lessons(only=()):
    """The lessons in reading order, by their names: a number or a letter, and a dash; `only` keeps those that begin so.

    A reader's own notebooks beside them are no pages of the book.
    """
    found = sorted((ROOT / "course").glob("*.ipynb"))
    found = [path for path in found if re.match(r"(\d+|[A-Z])-", path.name)]
    return [path for path in found if not only or path.name.startswith(tuple(only))]


def assignments():
    """The students' assignments in the order of the course."""
    order = ["perceptron", "chain-rule", "step1", "step2", "step3", "challenge"]
    found = [path for path in (ROOT / "assignments").glob("*/*.ipynb") if path.stem == path.parent.name]
    place = {path: next((k for k, name in enumerate(order) if path.stem.startswith(name)), 99) for path in found}
    return sorted(found, key=lambda path: (place[path], path.stem))


def title(path):
    """A notebook's title and its minutes, 0 where it gives none."""
    cells = [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "markdown"]
    first = cells[0] if cells else ""
    heading, minutes = re.search(r"(?m)^# (.+)$", first), MINUTES.search(first)
    return heading[1].strip() if heading else path.stem, int(minutes[1]) if minutes else 0


def linked(text, source, pages):
    """Text whose links to files that are no pages lead to the repository, or are plain text where it is unknown."""

    def replace(match):
        picture, label, target = match.groups()
        if picture or "://" in target or target.startswith(("#", "mailto:")):
            return match[0]
        path = (source.parent / target.partition("#")[0]).resolve()
        if path in pages:
            return match[0]
        if repository() and path.exists():
            return f"[{label}]({repository()}/tree/main/{path.relative_to(ROOT).as_posix()})"
        return label

    return LINK.sub(replace, text)


def toolbar(path):
    """The row of buttons below a notebook's title."""
    place = path.relative_to(ROOT).as_posix()
    buttons = [("Download notebook", path.name, " download"), *launchers(place)]
    links = "".join(f'<a href="{html.escape(target)}"{extra}>{label}</a>' for label, target, extra in buttons)
    return f'<nav class="launch" aria-label="Run this page">{links}</nav>'


def launchers(place):
    """Where a notebook can be opened to be run: tuples (label, address, further attributes)."""
    here = f"http://localhost:8888/lab/tree/{place}"
    tip = ' title="while make lab runs on this computer" rel="nofollow"'
    found = [("JupyterLab", here, tip)]
    if repository():
        name = repository().removeprefix("https://github.com/")
        binder = f"https://mybinder.org/v2/gh/{name}/main?urlpath=lab/tree/{place}"
        colab = f"https://colab.research.google.com/github/{name}/blob/main/{place}"
        found += [("Binder", binder, ""), ("Colab", colab, "")]
    return found


def form(lesson, number, example):
    """A question that the page itself can answer, as HTML; `questions.js` brings it to life."""
    known = tomllib.loads((QUESTIONS / f"{lesson}.toml").read_text(encoding="utf-8"))
    if number not in known:
        raise BookError(f"there is no question {number} in course/chainrule/questions/{lesson}.toml.")
    if isinstance(known[number]["answer"], list) and not example:
        raise BookError(f"question {lesson}.{number} wants several numbers: say so, `answer = None  # such as [1, 2]`.")
    name, data = f"question-{lesson}-{number}".lower(), html.escape(json.dumps(known[number]))
    shape = html.escape(example or "a number")
    return (
        f'<form class="question" data-question="{data}" aria-label="Question {number}">'
        f'<label for="{name}">Your answer to question {number} <span class="example">({shape})</span></label>'
        f'<input id="{name}" type="text" autocomplete="off" autocapitalize="off" spellcheck="false">'
        '<button type="submit">Check</button><p class="feedback" role="status" aria-live="polite"></p>'
        "<noscript><p>The page checks answers with JavaScript; the notebook checks them without.</p></noscript></form>"
    )


def shown(output, place=None):
    """An output as the page shows it; None for progress bars and other widgets that have no picture.

    `place` is where the page finds an interactive's frames, which `frame_files` names.
    """
    data = output.get("data", {})
    if WIDGET not in data:
        return output
    if "text/html" not in data:
        return None
    picture = f'<div class="wide" tabindex="0">{data["text/html"]}</div>'  # on a phone it scrolls
    note = '<p class="still">In the notebook, this picture has controls.</p>'
    text = moving(data[MIME], place) if MIME in data else picture + note
    return new_output("display_data", data={"text/html": text, "text/plain": data["text/plain"]})


def moving(frames, place):
    """An interactive that goes through its frames, as HTML; `moving.js` shows its controls and moves it."""
    start, rows, (width, height) = 0, "", frames["size"]
    for number, control in enumerate(frames["controls"]):
        start = start * len(control["labels"]) + control["start"]
        rows += control_row(control, f"{place.replace('/', '-')}-{number}".lower())
    *others, last = frames["others"] or [""]
    also = f", and so can {', '.join(others)}{' and ' * bool(others)}{last}" if last else ""
    words = html.escape(json.dumps(frames["words"], ensure_ascii=False))
    return (
        f'<div class="moving" style="--width: {width}px" data-place="{place}" data-words="{words}">{frames["text"]}'
        f'<div class="controls" hidden>{rows}</div><div class="wide" tabindex="0"><img src="{place}-{start}.webp" '
        f'alt="{html.escape(frames["words"][start])}" width="{width}" height="{height}" loading="lazy"></div>'
        '<p class="visually-hidden" aria-live="polite"></p>'
        f'<p class="still">In the notebook every value can be set{html.escape(also)}.</p></div>'
    )


def control_row(control, name):
    """A labelled menu or slider, as HTML; its value is a place among the control's values."""
    labels, start = [html.escape(label) for label in control["labels"]], control["start"]
    label = f'<label for="{name}">{html.escape(control["name"])}</label>'
    if control["menu"]:
        options = "".join(f"<option value={k}{' selected' * (k == start)}>{text}" for k, text in enumerate(labels))
        return f'{label}<select id="{name}" autocomplete="off">{options}</select>'
    data = html.escape(json.dumps(control["labels"], ensure_ascii=False))
    said = f'aria-valuetext="{labels[start]}" data-labels="{data}"'
    return (
        f'{label}<input id="{name}" type="range" max="{len(labels) - 1}" value="{start}" {said} autocomplete="off">'
        f'<output for="{name}" aria-live="off">{labels[start]}</output>'
    )


def frame_files(path, outputs):
    """The frames of a lesson's interactives: their bytes, by the file's path from the lesson's page."""
    found = {}
    for cell, said in outputs.items():
        for frames in (output["data"][MIME] for output in said if MIME in output.get("data", {})):
            for k, picture in enumerate(frames["pictures"]):
                found[f"frames/{path.stem}/{cell}-{k}.webp"] = base64.b64decode(picture)
    return found


def lesson_page(path, outputs, pages):
    """A lesson's notebook as the book shows it."""
    notebook = nbformat.read(path, as_version=4)
    cells = []
    for index, cell in enumerate(notebook.cells):
        question = cell.cell_type == "code" and QUESTION.search(cell.source)
        if question:
            cells.append(new_markdown_cell(form(question[2], question[3], question[1]), id=cell.id))
            continue
        if cell.cell_type == "markdown":
            cell.source = linked(STILL.sub("", MARK.sub("", cell.source)), path, pages)
            if index == 0:
                head, _, rest = cell.source.partition("\n")
                cell.source = f"{head}\n\n{toolbar(path)}\n{rest}"
        else:
            place = f"frames/{path.stem}/{cell.id}"
            said = [shown(nbformat.from_dict(output), place) for output in outputs.get(cell.id, [])]
            cell.outputs = [output for output in said if output]
        if cell.source.strip():
            cells.append(cell)
    notebook.cells = cells
    notebook.metadata.pop("widgets", None)
    return nbformat.writes(notebook)


def tables(text, chosen):
    """A page of the book with its lists of lessons and assignments filled in."""
    rows = ["| | lesson | minutes | seconds to run |", "| --- | --- | ---: | ---: |"]
    seconds = dict(RUN.findall(MEASURED.read_text(encoding="utf-8")))
    for path in chosen:
        heading, minutes = title(path)
        number, _, name = heading.partition(" ")
        rows.append(f"| {number} | [{name}]({path.name}) | {minutes or ''} | {seconds.get(path.stem, '')} |")
    text = text.replace("<!-- lessons -->", "\n".join(rows))
    text = text.replace("<!-- lesson pages -->", "\n".join(path.stem for path in chosen))
    names = [f"- [{title(path)[0]}]({path.stem}/{path.name})" for path in assignments()]
    text = text.replace("<!-- assignments -->", "\n".join(names))
    return text.replace("<!-- assignment pages -->", "\n".join(f"{path.stem}/{path.stem}" for path in assignments()))


def write(path, content):
    """Write a file, text or bytes, only if that changes it, so that Sphinx reads again only what changed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = content.encode() if isinstance(content, str) else content
    if not path.exists() or path.read_bytes() != content:
        path.write_bytes(content)
    return path


def stage(folder, only):
    """Fill `folder/source` with the book's pages and `folder/extra` with notebooks to download and frames.

    Raises
    ------
    BookError
        If a lesson fails, or a question is missing.
    """
    source, extra, chosen = folder / "source", folder / "extra", lessons(only)
    own = {path: ROOT / path.relative_to(PAGES) for path in sorted(PAGES.rglob("*.md"))}  # where their links start
    pages = {*chosen, *assignments(), *own.values(), GUIDE}
    outputs = outputs_of(chosen, folder / "outputs")
    made = [write(source / path.relative_to(ROOT), lesson_page(path, outputs[path], pages)) for path in chosen]
    made += [write(source / path.relative_to(ROOT), lesson_page(path, {}, pages)) for path in assignments()]
    guide = linked(GUIDE.read_text(encoding="utf-8"), GUIDE, pages)
    made.append(write(source / GUIDE.relative_to(ROOT), guide))
    for path, place in own.items():
        text = linked(tables(path.read_text(encoding="utf-8"), chosen), place, pages)
        made.append(write(source / path.relative_to(PAGES), text))
    downloads = [*chosen, *assignments()]
    kept = {write(extra / path.relative_to(ROOT), path.read_text(encoding="utf-8")) for path in downloads}
    for path in chosen:
        frames = frame_files(path, outputs[path])
        kept |= {write(extra / path.parent.relative_to(ROOT) / name, content) for name, content in frames.items()}
    kept |= {*made}
    for picture in (ROOT / "course" / "figures").glob("*.png"):
        if any(f"figures/{picture.name}" in page.read_text(encoding="utf-8") for page in made):
            (source / "course" / "figures").mkdir(exist_ok=True)
            kept.add(Path(shutil.copy2(picture, source / "course" / "figures")))
    for stale in [path for root in (source, extra) for path in root.rglob("*") if path.is_file()]:
        if stale not in kept:
            stale.unlink()
