"""Sphinx's configuration of the web book. The sources are made by book/stage.py; run `make book`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))  # for the extension book.extension

from book.stage import repository

project = "From the Perceptron to MNIST"
author = "the authors of From the Perceptron to MNIST"
copyright = "2026, the authors. Text CC BY 4.0, code BSD 3-Clause"
language = "en"
extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.mathjax",
    "sphinxcontrib.bibtex",
    "book.extension",
]
exclude_patterns = ["**/.ipynb_checkpoints"]
smartquotes = False

nb_execution_mode = "off"  # book/execute.py has run them
nb_merge_streams = True
myst_enable_extensions = ["dollarmath", "amsmath", "deflist", "attrs_inline"]
myst_dmath_double_inline = True
myst_heading_anchors = 4
myst_heading_slug_func = "book.extension.jupyter_anchor"

mathjax_path = "mathjax/tex-chtml.js"  # book.extension puts it there

bibtex_bibfiles = [str(Path(__file__).parent / "references.bib")]
bibtex_default_style = "plain"
bibtex_reference_style = "author_year"

default_role = "literal"  # docstrings use single backticks, as Markdown does
autodoc_member_order = "bysource"
autodoc_typehints = "none"
napoleon_google_docstring = False
napoleon_use_rtype = False
add_module_names = False

html_theme = "pydata_sphinx_theme"
html_title = project
html_static_path = ["static"]
html_favicon = "static/favicon.svg"
html_domain_indices = False
html_css_files = ["book.css"]
html_js_files = [(name, {"defer": "defer"}) for name in ("questions.js", "moving.js")]
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_sidebars = dict.fromkeys(["index", "package", "search", "genindex"], [])  # nothing to show there
html_context = {"default_mode": "auto"}
html_theme_options = {
    "logo": {"text": project},
    "navbar_align": "left",
    "navbar_persistent": ["search-button"],
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
    "show_toc_level": 2,
    "show_nav_level": 2,
    "footer_start": ["copyright"],
    "footer_end": [],
    "use_edit_page_button": False,
    "github_url": repository(),
}
