"""What the book needs of Sphinx beyond its configuration: Jupyter's anchors, links to the glossary, its own MathJax."""

import importlib
import re
import shutil
import zlib
from pathlib import Path

from docutils import nodes

GLOSSARY = "glossary"


def jupyter_anchor(heading):
    """The anchor that Jupyter gives a heading, so that links between notebooks lead to the same place in the book."""
    return heading.strip().replace(" ", "-")


def note_glossary(app, doctree):
    """Have a lesson read again when the glossary changes, which it links to."""
    if app.env.docname.startswith("course/"):
        app.env.note_dependency(str(Path(app.srcdir) / f"{GLOSSARY}.md"))


def terms(env):
    """The glossary's terms with their anchors, longest first, as patterns that also find plurals."""
    found = {}
    for _, name, kind, _, anchor, _ in env.domains.standard_domain.get_objects():
        if kind == "term":
            found[name] = anchor
    patterns = []
    for name in sorted(found, key=len, reverse=True):
        words = r"\s+".join(map(re.escape, name.split()))  # a line may end between them
        patterns.append((re.compile(rf"(?<!-)\b{words}(?:s|es)?\b", re.IGNORECASE), found[name]))
    return patterns


def link_terms(app, doctree, docname):
    """Link the first use of each of the glossary's terms in a lesson's prose."""
    if not docname.startswith("course/") or docname.endswith("/index"):
        return
    target = app.builder.get_relative_uri(docname, GLOSSARY)
    for pattern, anchor in terms(app.env):
        for text in list(doctree.findall(nodes.Text)):
            match = in_prose(text) and pattern.search(text.astext())
            if match:
                link = nodes.reference("", match[0], internal=True, refuri=f"{target}#{anchor}", classes=["term"])
                whole = text.astext()
                parts = [nodes.Text(whole[: match.start()]), link, nodes.Text(whole[match.end() :])]
                text.parent.replace(text, parts)
                break


def in_prose(text):
    """True unless a text stands in a heading, a link, code or a formula."""
    apart = (nodes.title, nodes.reference, nodes.literal, nodes.literal_block, nodes.math, nodes.math_block, nodes.raw)
    node = text.parent
    while node is not None:
        if isinstance(node, apart):
            return False
        node = node.parent
    return True


def skip_field_aliases(app, what, name, member, skip, options):
    """Leave out the fields of named tuples, whose docstrings only count them; the class describes them."""
    return True if (getattr(member, "__doc__", None) or "").startswith("Alias for field number") else None


def name_list_items(app, pagename, templatename, context, doctree):
    """Call the entries of docutils' list of citations what a list must contain."""
    if 'role="doc-biblioentry"' in context.get("body", ""):
        context["body"] = context["body"].replace('role="doc-biblioentry"', 'role="listitem"')


def copy_mathjax(app, exception):
    """Put MathJax with its fonts and its accessibility tools into the site, from a package that carries them."""
    source = Path(importlib.import_module("sphinx-mathjax-offline").__file__).parent / "static" / "mathjax"
    target = Path(app.outdir) / "_static" / "mathjax"
    if exception is None and not (target / "tex-chtml.js").exists():
        for name in ("a11y", "sre", "ui", "input/tex/extensions", "output/chtml/fonts"):
            shutil.copytree(source / name, target / name, dirs_exist_ok=True)
        shutil.copy2(source / "tex-chtml.js", target)


def setup(app):
    app.connect("html-page-context", name_list_items)
    app.connect("build-finished", copy_mathjax)
    app.connect("autodoc-skip-member", skip_field_aliases)
    app.connect("doctree-read", note_glossary)
    app.connect("doctree-resolved", link_terms)
    version = zlib.crc32(Path(__file__).read_bytes())  # or pages that it made before would stay as they are
    return {"env_version": version, "parallel_read_safe": True, "parallel_write_safe": True}
