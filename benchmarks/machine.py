"""What every benchmark shares: the machine and its threads in words, tables and where they go."""

import os
import platform
from datetime import date
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_info

RESULTS = Path(__file__).parent / "results"


def description():
    """The machine, the versions and the thread pools in a few lines of Markdown."""
    model = platform.processor() or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        model = next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        pass  # not Linux: the processor's family has to do
    pools = {
        f"{pool['internal_api']} {pool['version'] or ''}".strip()
        + f" ({', '.join(filter(None, [pool.get('architecture'), str(pool['num_threads']) + ' threads']))})"
        for pool in threadpool_info()
    }
    return (
        f"Measured {date.today()} on {model}, {os.cpu_count()} cores, {platform.system()}; "
        f"Python {platform.python_version()}, NumPy {np.__version__}; {', '.join(sorted(pools))}."
    )


def table(head, rows):
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def write(name, title, text, figure=None, alt="", command=None):
    """Write a part's results, with its figure, into benchmarks/results, and print them."""
    RESULTS.mkdir(exist_ok=True)
    picture = ""
    if figure is not None:
        figure.savefig(RESULTS / f"{name}.png", dpi=110)
        picture = f"\n\n![{alt}]({name}.png)"
    content = f"# {title}\n\n{text}{picture}\n\n{description()}\nCommand: `{command or f'make bench BENCH={name}'}`\n"
    (RESULTS / f"{name}.md").write_text(content, encoding="utf-8")
    print(content)
