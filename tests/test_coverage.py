"""Appendix A says where each item of the five lectures is taught: its links lead to lessons and headings that exist."""

import re

import nbformat
import pytest
from lessons import COURSE

LECTURES = ["nit", "amrita", "madras", "park", "dmml"]
LINK = re.compile(r"\[([^]]+)\]\(([^)#]*)(?:#([^)]*))?\)")


def cells(path):
    return {cell.id: cell.source for cell in nbformat.read(path, as_version=4).cells}


def anchors(path):
    """The headings of a notebook by the anchors that Jupyter gives them: spaces become hyphens."""
    headings = re.findall(r"(?m)^#{1,6} (.+)$", "\n".join(cells(path).values()))
    return {heading.strip().replace(" ", "-"): heading.strip() for heading in headings}


def rows(lecture):
    table = cells(COURSE / "A-notation.ipynb")[f"coverage-{lecture}"]
    return [line for line in table.splitlines() if line.startswith("|")][2:]


@pytest.mark.parametrize("lecture", LECTURES)
def test_every_item_of_a_lecture_links_to_a_section_that_exists_and_names_it(lecture):
    assert len(rows(lecture)) >= 10, "the table is there"
    for row in rows(lecture):
        links = LINK.findall(row)
        assert links, f"no link in {row}"
        for text, target, fragment in links:
            path = (COURSE / (target or "A-notation.ipynb")).resolve()
            assert path.is_file(), f"{row} links to {target}, which is not there"
            if "assignments" not in target and fragment:
                assert fragment in anchors(path), f"{path.name} has no heading for #{fragment}"
                assert text.endswith(anchors(path)[fragment]), f"{text} does not name the section that it links to"


def test_every_lesson_teaches_something_of_the_lectures():
    linked = {target for lecture in LECTURES for row in rows(lecture) for _, target, _ in LINK.findall(row)}
    lessons = {path.name for path in COURSE.glob("[01][0-9]-*.ipynb")} - {"00-start-here.ipynb"}
    assert lessons - linked == set()
