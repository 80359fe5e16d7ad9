"""The course itself: imports, the first and later `make lab`, every lesson's run time, every interactive's redraw."""

import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import numpy as np
from tqdm.auto import tqdm

from benchmarks.machine import table, write
from chainrule.widgets import all_interactives

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))  # the lessons' test harness measures them too
MODULES = ["chainrule", "chainrule.training", "chainrule.plots", "chainrule.widgets.base"]


def import_seconds(module):
    """Median time of a fresh Python that imports a module, less that of one that imports nothing."""

    def seconds(code):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        return time.perf_counter() - start

    differences = [seconds(f"import {module}") - seconds("pass") for _ in range(7)]
    return max(0.0, statistics.median(differences))  # an import of almost nothing may seem to take less than that


def lab_seconds(folder, port):
    """Time from `make lab` in a folder to the first lesson's page being served."""
    arguments = f"--no-browser --allow-root --port {port} --IdentityProvider.token=bench"
    start = time.perf_counter()
    server = subprocess.Popen(
        ["make", "lab", f"LAB_ARGS={arguments}"],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        while True:
            try:
                page = f"http://127.0.0.1:{port}/lab/tree/course/00-start-here.ipynb?token=bench"
                with urllib.request.urlopen(page, timeout=2) as answer:
                    if answer.status == 200:
                        return time.perf_counter() - start
            except (urllib.error.URLError, OSError):
                if server.poll() is not None:
                    raise SystemExit("make lab ended without serving a page") from None
                time.sleep(0.1)
    finally:
        with contextlib.suppress(ProcessLookupError):  # it has ended by itself
            os.killpg(server.pid, 15)
        server.wait()


def redraw_milliseconds(make):
    """Times of an interactive's redraws, one for each control, where it stands."""
    interactive, times = make(), []
    for _ in range(20):
        for control in interactive.controls.values():
            start = time.perf_counter()
            control.notify_change(
                {"name": "value", "old": None, "new": control.value, "owner": control, "type": "change"}
            )
            times.append(1000 * (time.perf_counter() - start))
    return times


def run():
    """Measure, write benchmarks/results/course.md."""
    from lessons import LESSONS, execute

    rows = [[f"import {module}", f"{import_seconds(module):.2f} s"] for module in MODULES]
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["git", "clone", "--quiet", ROOT, folder], check=True)
        rows.append(["first make lab, clone to page", f"{lab_seconds(folder, 8931):.0f} s"])
        later = [lab_seconds(folder, 8932 + k) for k in range(3)]
        rows.append(["later make lab", f"{statistics.median(later):.1f} s"])
    text = table(["what", "time"], rows)
    rows = []
    for path in tqdm(LESSONS, unit="lesson"):
        with tempfile.TemporaryDirectory() as folder:
            rows.append([path.stem, f"{execute(path, folder).seconds:.0f} s"])
    text += "\n\n" + table(["lesson", "run time"], rows)
    rows = []
    for name, make in tqdm(all_interactives().items(), unit="interactive"):
        times = redraw_milliseconds(make)
        rows.append([name, f"{np.median(times):.0f} ms", f"{np.percentile(times, 95):.0f} ms"])
    text += "\n\n" + table(["interactive", "redraw, median", "95th percentile"], rows)
    write("course", "The course itself", text)
