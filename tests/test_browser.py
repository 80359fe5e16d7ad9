"""Lessons in a real browser: JupyterLab in headless Chromium, cells run from the menu, sliders moved by keyboard."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

import psutil
import pytest
from lessons import COURSE, LESSONS
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
TOKEN = "for-this-test-only"
LESSON_10 = "10-reading-digits"
# Runs in the page. JupyterLab draws only the cells in view, so what they put out is asked of the notebook's model.
CELLS = """() => Array.from(jupyterapp.shell.currentWidget.content.model.cells, cell => ({
    id: cell.id, type: cell.type, state: cell.executionState, count: cell.executionCount,
    outputs: cell.type === 'code' ? cell.outputs.toJSON() : []}))"""
SCROLL = "index => jupyterapp.shell.currentWidget.content.scrollToItem(index, 'start')"


@pytest.fixture(scope="module")
def lab(tmp_path_factory, cache):
    """The address of a JupyterLab that serves a copy of the course, offline, with folders of its own."""
    folder = tmp_path_factory.mktemp("lab")
    shutil.copytree(COURSE, folder / "course", ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints"))
    names = ("CONFIG_DIR", "DATA_DIR", "RUNTIME_DIR")
    environment = {k: v for k, v in os.environ.items() if k != "CHAINRULE_DATA"}
    environment |= {f"JUPYTER_{name}": str(folder / name.lower()) for name in names}
    environment |= {f"JUPYTERLAB_{name}": str(folder / name.lower()) for name in ("SETTINGS_DIR", "WORKSPACES_DIR")}
    environment |= {"IPYTHONDIR": str(folder / "ipython"), "CHAINRULE_CACHE": str(cache)}
    environment |= dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), "http://127.0.0.1:9")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment["JUPYTER_CONFIG_PATH"] = str(folder / "as_make_lab")
    shutil.copytree(COURSE.parent / "grader" / "labconfig", folder / "as_make_lab" / "labconfig")
    options = ["--no-browser", "--allow-root", "--expose-app-in-browser", "--ServerApp.ip=127.0.0.1"]
    options += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0", f"--IdentityProvider.token={TOKEN}"]
    options += [f"--ServerApp.root_dir={folder / 'course'}"]
    with open(folder / "log.txt", "wb") as log:
        command = [sys.executable, "-m", "jupyterlab", *options]
        server = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
    try:
        address = f"http://127.0.0.1:{port}"
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{address}/api?token={TOKEN}", timeout=1)
                break
            except OSError:
                assert server.poll() is None, (folder / "log.txt").read_text()
                time.sleep(0.2)
        yield address
    finally:
        family = [psutil.Process(server.pid), *psutil.Process(server.pid).children(recursive=True)]
        server.terminate()
        for process in psutil.wait_procs(family, timeout=15)[1]:
            process.kill()


@pytest.fixture
def page(browser):
    """A page that remembers what goes wrong in it."""
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    page.problems = []
    page.on("pageerror", lambda error: page.problems.append(f"error: {error}"))
    page.on("console", lambda message: message.type == "error" and page.problems.append(f"console: {message.text}"))
    yield page
    page.evaluate("() => window.jupyterapp?.shell.currentWidget?.sessionContext?.shutdown()")
    page.close()


def run_all(page, address, lesson):
    """Open a lesson and run it with the menu's "Run All Cells"; returns its cells once the last one has run."""
    page.goto(f"{address}/lab/tree/{lesson}.ipynb?token={TOKEN}&reset")
    page.wait_for_function(
        "() => window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'",
        timeout=60_000,
    )
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()
    done = f"() => ({CELLS})().every(cell => cell.type !== 'code' || (cell.count && cell.state === 'idle'))"
    page.wait_for_function(done, timeout=300_000, polling=200)
    return page.evaluate(CELLS)


def test_jupyterlab_asks_nothing_in_front_of_the_first_lesson(page, lab):
    page.goto(f"{lab}/lab/tree/00-start-here.ipynb?token={TOKEN}&reset")
    page.wait_for_function("() => window.jupyterapp?.shell.currentWidget")
    has = "name => jupyterapp.hasPlugin('@jupyterlab/apputils-extension:' + name)"
    assert page.evaluate(has, "notification")
    assert not page.evaluate(has, "announcements"), "which asks whether it may fetch news"


def errors(cells):
    """What cells put out as errors or to stderr."""
    outputs = [(cell["id"], output) for cell in cells for output in cell["outputs"]]
    return [
        (cell, output.get("text") or output.get("evalue"))
        for cell, output in outputs
        if output["output_type"] == "error" or output.get("name") == "stderr"
    ]


def interactives(page, cells):
    """Scroll to each cell with an interactive figure in turn; yields it as it stands in the page."""
    for index, cell in enumerate(cells):
        said = [str(output.get("data", {}).get("text/plain")) for output in cell["outputs"]]
        if any(text.startswith("[interactive figure") for text in said):
            page.evaluate(SCROLL, index)
            shown = page.locator(f".jp-Cell[data-windowed-list-index='{index}']")
            shown.locator("img").wait_for()
            yield shown


def move_first_control(shown):
    """Move an interactive's first control: a slider, a box to tick or a button by keyboard, a menu by choosing."""
    control = shown.locator(".jupyter-widgets :is([role=slider], select, input[type=checkbox], button)").first
    control.focus()
    if control.get_attribute("role") == "slider":
        at_end = control.get_attribute("aria-valuenow") == control.get_attribute("aria-valuemax")
        control.press("ArrowLeft" if at_end else "ArrowRight")
    elif control.evaluate("element => element.tagName") == "SELECT":
        control.select_option(index=control.evaluate("element => element.selectedIndex ? 0 : 1"))
    else:
        control.press("Space")


def another_picture(shown, before):
    """Wait for a picture that differs from the one before; returns its alternative text."""
    changed = "([cell, before]) => cell.querySelector('img').src !== before"
    shown.page.wait_for_function(changed, arg=[shown.element_handle(), before], timeout=15_000)
    return shown.locator("img").first.get_attribute("alt")


def test_lesson_10_runs_its_slider_moves_and_a_drawn_stroke_is_read(page, lab, tmp_path):
    cells = run_all(page, lab, LESSON_10)
    assert not errors(cells)
    steps = interactives(page, cells)
    evidence = next(steps)
    before = evidence.locator("img").get_attribute("src")
    move_first_control(evidence)
    assert "Test digit 1," in another_picture(evidence, before)

    sheet = list(steps)[-1]
    canvas, image = sheet.locator("canvas"), sheet.locator("img")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    page.mouse.move(box["x"] + 140, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 150, box["y"] + 240, steps=15)
    page.mouse.up()
    expect(image).to_have_attribute("alt", re.compile("Read as 1 with"), timeout=15_000)
    page.screenshot(path=tmp_path / "drawn.png")
    sheet.get_by_role("button", name="Clear").press("Enter")
    expect(image).to_have_attribute("alt", re.compile("Nothing to read yet"), timeout=15_000)
    assert not page.problems


@pytest.mark.parametrize("lesson", [path.stem for path in LESSONS if path.stem != LESSON_10])
def test_every_lesson_runs_in_the_browser_and_its_first_interactive_moves(page, lab, lesson, tmp_path):
    cells = run_all(page, lab, lesson)
    assert not errors(cells)
    for shown in interactives(page, cells):
        before = shown.locator("img").first.get_attribute("src")
        move_first_control(shown)
        assert len(another_picture(shown, before)) > 20, "the picture in words"
        page.screenshot(path=tmp_path / f"{lesson}.png")
        break
    else:
        assert not lesson[0].isdigit(), "a lesson has an interactive; only the appendices may do without"
    assert not page.problems
