"""Which submissions resemble each other more than the task explains: a hint to look, never a proof."""

import io
import keyword
import re
import token
import tokenize
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer

LENGTH = 6  # tokens in a row that are compared
SIMILAR = 0.75  # share of the rare token rows that two submissions have in common
EVIDENCE = 40.0  # and how much that must be in all, so that short answers alone accuse nobody
BLOCK = 20_000_000  # numbers of the matrix of pairs that are in memory at a time


@dataclass(frozen=True)
class Pair:
    """Two submissions; `similarity` is in [0, 1], `evidence` grows with the number and rarity of what they share."""

    first: str
    second: str
    similarity: float
    evidence: float


def tokens(source: str) -> list[str]:
    """The tokens of Python source or text: a student's own names all alike, comments and strings as their words."""
    found, after_dot = [], False
    try:
        for kind, text, *_ in tokenize.generate_tokens(io.StringIO(source).readline):
            if kind == token.NAME:
                found.append(text if after_dot or keyword.iskeyword(text) or text in ("np", "self") else "name")
            elif kind == token.OP or kind == token.NUMBER:
                found.append(text)
            elif kind in (token.STRING, token.COMMENT):
                found += words(text)
            after_dot = text == "."
    except (tokenize.TokenError, SyntaxError):
        return words(source)
    return found


def words(text: str) -> list[str]:
    """The words and signs of a text."""
    return re.findall(r"\w+|[^\w\s]", text.lower())


def shingles(sources: Iterable[tuple[str, Callable[[str], list[str]]]]) -> set[str]:
    """Every row of so many tokens in some sources, each with the function that splits it."""
    found = set()
    for source, split in sources:
        row = split(source)
        found |= {" ".join(row[start : start + LENGTH]) for start in range(len(row) - LENGTH + 1)}
    return found


def similar_pairs(submissions: dict[str, set[str]], most: int = 20) -> list[Pair]:
    """The pairs that share most.

    Parameters
    ----------
    submissions : dict of str to set of str
        For each student, the shingles of what they wrote, less those of the released notebook.
    most : int
        How many pairs at most.

    Returns
    -------
    list of Pair
        Falling by similarity. A shingle counts by how rare it is, log(n / number of submissions with it): what
        everybody writes weighs nothing.
    """
    students = [student for student, found in submissions.items() if found]
    if len(students) < 3:
        return []
    counts = CountVectorizer(analyzer=lambda found: found, binary=True, dtype=np.float64)
    matrix = counts.fit_transform([sorted(submissions[student]) for student in students])
    rarity = np.log(len(students) / np.asarray(matrix.sum(axis=0)).ravel())
    matrix = sparse.csr_matrix(matrix @ sparse.diags(np.sqrt(rarity)))
    own = np.sqrt(np.maximum(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel(), 1e-12))
    pairs = []
    height = max(1, BLOCK // len(students))
    for top in range(0, len(students), height):
        shared = np.asarray((matrix[top : top + height] @ matrix.T).todense())
        similarity = shared / np.outer(own[top : top + height], own)
        for row, column in np.argwhere((similarity >= SIMILAR) & (shared >= EVIDENCE)):
            if column > row + top:
                first, second = students[row + top], students[column]
                pairs.append(Pair(first, second, float(similarity[row, column]), float(shared[row, column])))
    return sorted(pairs, key=lambda pair: (-pair.similarity, -pair.evidence))[:most]
