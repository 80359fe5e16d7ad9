"""The interactive figures, a module a theme. Each is a function that returns an `Interactive` (see `base`).

A module lists its interactives in `INTERACTIVES`; `python -m chainrule.widgets FOLDER` draws each as a still picture.
"""

import pkgutil
from importlib import import_module


def all_interactives():
    """All functions that make an interactive, by name."""
    modules = [import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__)]
    makers = [maker for module in modules for maker in getattr(module, "INTERACTIVES", [])]
    return {maker.__name__: maker for maker in makers}
