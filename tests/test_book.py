"""The web book: made once, then read as its readers do, in a browser, by keyboard, on a phone, on paper."""

import base64
import functools
import http.server
import io
import itertools
import json
import re
import threading
import time
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import ipywidgets
import nbformat
import numpy as np
import pytest
from lessons import COURSE, LESSONS
from matplotlib.figure import Figure
from PIL import Image

from book import execute, stage
from book.__main__ import build
from book.execute import BookError, fingerprint, outputs_of
from book.extension import jupyter_anchor
from book.frames import MIME, SWEEPS, bundle, frames, sweep
from chainrule import check
from chainrule.widgets import all_interactives
from chainrule.widgets.base import Interactive

ROOT = COURSE.parent
HTML = ROOT / "book" / "_build" / "html"
AXE = Path(__import__("axe_playwright_python").__file__).parent / "axe.min.js"
READY = "() => window.MathJax?.startup?.promise?.then(() => true) ?? true"


@pytest.fixture(scope="session")
def book(tmp_path_factory, worker_id):
    """The folder of the built book, made once for all processes; lessons that have not changed are not run again."""
    root = tmp_path_factory.getbasetemp() if worker_id == "master" else tmp_path_factory.getbasetemp().parent
    done = root / "book-done"
    try:
        (root / "book-begun").touch(exist_ok=False)
    except FileExistsError:  # another process makes it
        while not done.exists():
            time.sleep(0.2)
    else:
        try:
            with pytest.MonkeyPatch().context() as context:
                context.delenv("CHAINRULE_REPOSITORY", raising=False)
                status = f"Sphinx ends with {build(HTML.parent)}"
        except BookError as error:
            status = str(error)
        finally:
            (root / "book-status").write_text(status)
            (root / "book-status").rename(done)
    assert done.read_text() == "Sphinx ends with 0", "see above for Sphinx's warnings"
    return HTML


def html_files(book):
    """The pages of the book, without the theme's own templates."""
    return [path for path in sorted(book.rglob("*.html")) if "_static" not in path.parts]


class Page(HTMLParser):
    """What a test asks of a page: its ids, links, images and headings."""

    def __init__(self, path):
        super().__init__()
        self.ids, self.links, self.images, self.headings, self.files, self.moving = set(), [], [], [], [], []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.ids |= {found[name] for name in ("id", "name") if found.get(name)}
        if tag == "a" and found.get("href"):
            self.links.append(found["href"])
        if tag == "img":
            self.images.append(found)
        if found.get("class") == "moving":
            self.moving.append(found)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag in {"link", "script", "img", "iframe"} and found.get("rel") not in {"next", "prev", "canonical"}:
            self.files += [found[name] for name in ("href", "src") if found.get(name)]


@pytest.fixture(scope="module")
def pages(book):
    """All pages by their path in the site."""
    return {path.relative_to(book).as_posix(): Page(path) for path in html_files(book)}


def test_there_is_a_page_for_each_lesson_assignment_and_guide(pages):
    wanted = {f"course/{path.stem}.html" for path in LESSONS}
    wanted |= {f"assignments/{path.stem}/{path.stem}.html" for path in (ROOT / "assignments").glob("*/*.ipynb")}
    others = ("index", "glossary", "notation", "references", "package", "search", "grader/README")
    wanted |= {f"{name}.html" for name in others}
    assert wanted - set(pages) == set()


def test_every_link_and_file_inside_the_site_is_there(book, pages):
    broken = []
    for name, page in pages.items():
        for target in [*page.links, *page.files]:
            parts = urlsplit(target)
            if parts.scheme in {"http", "https", "mailto", "data"}:
                continue
            path = (book / name).parent / unquote(parts.path) if parts.path else book / name
            path = path.resolve()
            there = path.is_file()
            if there and parts.fragment and path.suffix == ".html":
                there = unquote(parts.fragment) in pages[path.relative_to(book.resolve()).as_posix()].ids
            if not there:
                broken.append(f"{name} -> {target}")
    assert not broken


def test_pages_ask_other_servers_for_nothing(pages):
    outside = {(name, file) for name, page in pages.items() for file in page.files if re.match(r"(https?:)?//", file)}
    assert not outside


def test_every_picture_has_an_alternative_text_that_says_something(pages):
    for name, page in pages.items():
        for image in page.images:
            assert len(image.get("alt") or "") > 15, f"{name}: {str(image)[:200]}"


def test_headings_go_down_one_step_at_a_time(book):
    for path in html_files(book):
        text = path.read_text(encoding="utf-8")
        levels = [int(level) for level in re.findall(r"<h([1-6])[ >]", text[text.find('<article class="bd-article') :])]
        assert not levels or levels[0] == 1 and levels.count(1) == 1, f"{path.name} has one title"
        assert all(after - before <= 1 for before, after in zip(levels, levels[1:], strict=False)), (path.name, levels)


@pytest.mark.parametrize("path", LESSONS, ids=[path.stem for path in LESSONS])
def test_a_lessons_page_shows_figures_says_its_time_and_can_be_downloaded(book, pages, path):
    page, text = pages[f"course/{path.stem}.html"], (book / "course" / f"{path.stem}.html").read_text(encoding="utf-8")
    assert len(page.images) >= text.count('<form class="question"') > 0 or path.stem[0] in "AB" or page.images
    assert re.search(r"<strong>About \d+ minutes", text)
    assert f"{path.name}" in page.links
    assert (book / "course" / path.name).read_bytes() == path.read_bytes()
    assert "<!--=" not in text, "the marks of checked numbers are not for readers"
    assert "&lt;!--=" not in text
    assert "No slider" not in text, "a still picture stands in the widget's place already"
    assert "Not answered yet: put your answer in the place of None" not in text
    assert "Traceback (most recent call last)" not in text
    assert "[interactive figure" not in text
    assert "widget-view" not in text


@pytest.mark.parametrize("path", LESSONS, ids=[path.stem for path in LESSONS])
def test_every_interactive_of_a_lesson_moves_in_its_page_at_a_price_that_can_be_paid(book, pages, path):
    source, found = path.read_text(encoding="utf-8"), pages[f"course/{path.stem}.html"].moving
    called = [name for name in all_interactives() if f"{name}(" in source]
    assert len(found) == len([name for name in called if name != "draw_a_digit"])
    text = (book / "course" / f"{path.stem}.html").read_text(encoding="utf-8")
    assert text.count("this picture has controls") == ("draw_a_digit" in called), "a canvas stays a still"
    files = []
    for one in found:
        words = json.loads(one["data-words"])
        files += [book / "course" / f"{one['data-place']}-{k}.webp" for k in range(len(words))]
        sizes = {Image.open(file).size for file in files[-len(words) :]}
        assert len(sizes) == 1, "or the page would jump"
        assert f'width="{min(sizes)[0]}" height="{min(sizes)[1]}"' in text
        assert len(set(words)) > 3
        assert min(map(len, words)) > 20
    assert sorted(files) == sorted((book / "course" / "frames" / path.stem).glob("*")), "and no other files"
    assert sum(file.stat().st_size for file in files) < 1_500_000


def test_neighbouring_lessons_are_linked(pages):
    for before, after in zip(LESSONS, LESSONS[1:], strict=False):
        assert f"{after.stem}.html" in pages[f"course/{before.stem}.html"].links
        assert f"{before.stem}.html" in pages[f"course/{after.stem}.html"].links


def test_terms_are_linked_to_the_glossary_once_a_lesson(book, pages):
    for path in LESSONS:
        if path.stem[:2] in {f"{number:02}" for number in range(1, 12)}:
            terms = re.findall(
                r'<a class="term[^"]*" href="\.\./glossary\.html#([^"]+)"',
                (book / "course" / f"{path.stem}.html").read_text(encoding="utf-8"),
            )
            assert len(terms) >= 3, path.stem
            assert len(terms) == len(set(terms)), path.stem


def secrets():
    """What students must never see: lines of solutions, hidden tests and mark schemes that no assignment shows."""
    shown = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "assignments").glob("*/*.ipynb"))
    lessons = "\n".join(path.read_text(encoding="utf-8") for path in LESSONS)
    package = "\n".join(path.read_text(encoding="utf-8") for path in (COURSE / "chainrule").rglob("*.py"))
    public = json.dumps([shown, lessons, package])
    for path in (ROOT / "solutions").glob("*/*.ipynb"):
        for cell in nbformat.read(path, as_version=4).cells:
            hidden = re.findall(r"### BEGIN (?:SOLUTION|HIDDEN TESTS|MARK SCHEME)(.*?)### END", cell.source, re.DOTALL)
            for line in "\n".join(hidden).splitlines():
                line = line.strip()
                if len(line) > 40 and json.dumps(json.dumps(line)[1:-1])[1:-1] not in public and line not in public:
                    yield line


def test_no_solution_hidden_test_or_mark_scheme_is_anywhere_in_the_site(book):
    found, wanted = [], list(secrets())
    assert len(wanted) > 100
    for path in sorted(book.rglob("*")):
        if path.suffix in {".html", ".ipynb", ".js", ".txt", ".json", ".inv"} and "mathjax" not in path.parts:
            text = path.read_text(encoding="utf-8", errors="replace")
            plain = re.sub("<[^>]+>", "", text).replace("&quot;", '"').replace("&#39;", "'").replace("&lt;", "<")
            plain = plain.replace("&gt;", ">").replace("&amp;", "&").replace('\\"', '"')
            found += [(path.name, line) for line in wanted if line in plain]
            assert "BEGIN HIDDEN TESTS" not in text
            assert "BEGIN SOLUTION" not in text
            assert "BEGIN MARK SCHEME" not in text
    assert not found


# In the browser


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


@pytest.fixture(scope="module")
def site(book):
    """The book on a server of its own."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(book)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture
def page(browser):
    """A page that remembers its requests and what goes wrong in it."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.requested, page.problems = [], []
    page.on("request", lambda request: page.requested.append(request.url))
    page.on("response", lambda response: response.ok or page.problems.append(f"{response.status} {response.url}"))
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.on("console", lambda message: message.type == "error" and page.problems.append(message.text))
    yield page
    page.close()


CODE_CHECKED = {"course/02-gradient-descent", "assignments/perceptron/perceptron"}
CONTENT = sorted(
    [f"course/{path.stem}" for path in LESSONS]
    + [f"assignments/{path.stem}/{path.stem}" for path in (ROOT / "assignments").glob("*/*.ipynb")]
    + ["index", "course/index", "assignments/index", "look-up", "glossary", "notation", "references", "package"]
    + ["instructors", "grader/README"]
)


def findings(page, **options):
    """What axe-core finds serious or critical in a page outside MathJax's formulas, as readable lines."""
    options = {"resultTypes": ["violations"], "preload": False, **options}
    result = page.evaluate("options => axe.run({exclude: ['mjx-container']}, options)", options)
    return [
        f"{rule['id']} ({rule['impact']}): {node['target']} {node['html'][:120]}"
        for rule in result["violations"]
        if rule["impact"] in {"serious", "critical"}
        for node in rule["nodes"]
    ]


@pytest.mark.browser
@pytest.mark.parametrize("name", CONTENT)
def test_page_is_accessible_in_light_and_dark_fits_a_phone_and_asks_no_other_server(page, site, name):
    page.emulate_media(color_scheme="light")
    page.goto(f"{site}/{name}.html")
    page.wait_for_function(READY)
    page.add_script_tag(path=AXE)
    assert not findings(page, rules={"color-contrast": {"enabled": False}})
    if name not in CODE_CHECKED:  # thousands of small elements in the same few colours, which cost a minute a page
        page.add_style_tag(content="pre > *, mjx-container { display: none !important }")
    assert not findings(page, runOnly=["color-contrast"])
    page.emulate_media(color_scheme="dark")
    page.wait_for_function("document.documentElement.dataset.theme === 'dark'")
    page.evaluate("() => document.documentElement.getAnimations({subtree: true}).forEach(one => one.finish())")
    assert not findings(page, runOnly=["color-contrast"])
    page.add_style_tag(content="pre > *, mjx-container { display: revert !important }")
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320, "nothing sticks out on a phone"
    assert page.evaluate("document.querySelectorAll('mjx-merror').length") == 0, "every formula can be read"
    assert {urlsplit(url).netloc for url in page.requested if not url.startswith("data:")} == {urlsplit(site).netloc}
    assert not page.problems


def questions():
    for path in sorted(stage.QUESTIONS.glob("*.toml")):
        for number, known in stage.tomllib.loads(path.read_text(encoding="utf-8")).items():
            yield f"{path.stem}.{number}", known


def attempts(known):
    """Answers to a question: right, each known mistake, common mistakes, the wrong shape, no number."""
    right = np.asarray(known["answer"], dtype=float)
    scaled = [right * factor for factor in (1, 1 + 1e-12, 1.02, -1, 2, 0.5, 100, 7)]
    if known.get("samples"):
        scaled += [right * known["samples"], right / known["samples"]]
    scaled += [np.round(right, decimals) for decimals in (1, 2, 3)]
    others = [right.T, right.reshape(1, -1), np.append(right.ravel(), 1), np.zeros((2, 3)), np.zeros((2, 2))]
    return [*(array.tolist() for array in [*scaled, *others]), *(hint["value"] for hint in known.get("hints", []))]


@pytest.mark.browser
def test_the_page_judges_every_answer_as_the_notebook_does(page, site):
    page.goto(f"{site}/course/02-gradient-descent.html")
    compared = 0
    for name, known in questions():
        values = attempts(known)
        said = page.evaluate(
            "([values, known]) => values.map(value => chainrule.judge(chainrule.parse(JSON.stringify(value)), known))",
            [values, known],
        )
        for value, feedback in zip(values, said, strict=True):
            wanted = check.judge(value, **known)
            assert (feedback["correct"], feedback["message"]) == (wanted.correct, wanted.message), (name, value)
            compared += 1
    assert compared > 500


@pytest.mark.browser
@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.5", 0.5),
        (" −.5 ", -0.5),
        ("1e-3", 0.001),
        ("1/4", 0.25),
        ("3, 4", [3, 4]),
        ("3 4", [3, 4]),
        ("(5, 5)", [5, 5]),
        ("(5,)", [5]),
        ("[[-0.5], [-0.6]]", [[-0.5], [-0.6]]),
        ("[[1 2] [3 4]]", [[1, 2], [3, 4]]),
        ("[1, [2, 3]]", None),
        ("twelve", None),
        ("", None),
        ("1; alert(1)", None),
    ],
)
def test_numbers_are_read_as_people_write_them(page, site, text, value):
    page.goto(f"{site}/course/02-gradient-descent.html")
    assert page.evaluate("text => chainrule.parse(text) ?? null", text) == value


@pytest.mark.browser
def test_a_question_is_answered_in_the_page_by_keyboard_alone(page, site):
    page.goto(f"{site}/course/02-gradient-descent.html")
    field = page.get_by_label("Your answer to question 1")
    feedback = page.locator("form.question").first.get_by_role("status")
    field.focus()
    page.keyboard.type("20")
    page.keyboard.press("Enter")
    assert feedback.text_content() == "Not yet. After 20 steps x is still 0.046."
    field.fill("")
    page.keyboard.type("21")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert feedback.text_content().startswith("Right. ")
    field.fill("many")
    field.press("Enter")
    assert "should be numbers" in feedback.text_content()
    field.fill("")
    field.press("Enter")
    assert feedback.text_content().startswith("Not answered yet")


def press(page, control, key, times=1):
    control.focus()
    for _ in range(times):
        page.keyboard.press(key)


@pytest.mark.browser
def test_an_interactive_moves_by_keyboard_and_says_what_it_shows_even_in_a_page_that_is_a_file(page, book):
    page.goto((book / "course" / "02-gradient-descent.html").as_uri())
    figure = page.locator(".moving").nth(1)
    slider, menu, picture = figure.get_by_label("learning rate γ"), figure.get_by_label("valley"), figure.locator("img")
    assert "γ = 0.10, bound 2/κ = 0.5:" in picture.get_attribute("alt")
    picture.scroll_into_view_if_needed()
    first, box = picture.get_attribute("src"), figure.bounding_box()
    press(page, slider, "ArrowRight")
    assert "γ = 0.16, bound 2/κ = 0.5:" in picture.get_attribute("alt")
    assert picture.get_attribute("src") != first
    assert slider.get_attribute("aria-valuetext") == figure.locator("output").text_content() == "0.16"
    press(page, menu, "ArrowDown")
    assert "γ = 0.16, bound 2/κ = 0.167:" in picture.get_attribute("alt")
    assert figure.locator("[aria-live=polite]").text_content() == picture.get_attribute("alt")
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 800
    now = figure.bounding_box()
    assert (now["width"], now["height"]) == (box["width"], box["height"]), "nothing jumps"
    press(page, slider, "End")
    press(page, slider, "ArrowRight")
    assert "γ = 2.01, bound 2/κ = 0.167:" in picture.get_attribute("alt")
    assert not page.problems


@pytest.mark.browser
def test_frames_are_fetched_only_when_a_reader_comes_to_their_controls(page, site):
    page.goto(f"{site}/course/02-gradient-descent.html")
    page.wait_for_load_state("networkidle")
    asked = [url for url in page.requested if url.endswith(".webp")]
    assert len(asked) <= len(page.locator(".moving").all())
    press(page, page.get_by_label("learning rate γ").first, "ArrowRight")
    page.wait_for_load_state("networkidle")
    assert len([url for url in page.requested if url.endswith(".webp")]) > len(asked) + 5
    assert not page.problems


@pytest.mark.browser
def test_without_javascript_the_still_stands_and_there_is_nothing_dead_to_move(browser, site):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/course/02-gradient-descent.html")
    figure = page.locator(".moving").first
    assert figure.locator("img").is_visible()
    assert not figure.locator("input").is_visible()
    context.close()


@pytest.mark.browser
def test_search_finds_a_lesson(page, site):
    page.goto(f"{site}/search.html?q=vanishing")
    page.locator("#search-results li a").first.wait_for()
    assert "course/04-chain-rule" in " ".join(
        link.get_attribute("href") for link in page.locator("#search-results li a").all()
    )
    assert not page.problems


@pytest.mark.browser
def test_everything_that_can_be_clicked_can_be_reached_by_keyboard(page, site):
    page.goto(f"{site}/course/02-gradient-descent.html")
    page.wait_for_function(READY)
    unreachable = page.evaluate(
        """() => [...document.querySelectorAll('a[href], button, input, summary')]
            .filter(element => element.checkVisibility({visibilityProperty: true}) && element.tabIndex < 0)
            .map(element => element.outerHTML)"""
    )
    assert not unreachable


@pytest.mark.browser
def test_on_paper_there_is_the_text_and_nothing_to_click(page, site):
    page.goto(f"{site}/course/02-gradient-descent.html")
    page.emulate_media(media="print")
    apart = ("nav.launch", "form.question button", ".moving .controls")
    for selector in (".bd-sidebar-primary", ".bd-header", *apart, ".prev-next-footer"):
        assert not page.locator(selector).first.is_visible(), selector
    assert page.locator("article h1").is_visible()
    assert len(page.pdf()) > 50_000


# Interactives without a kernel


def picture_of(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)


@pytest.mark.parametrize("name", ["descent_on_curve", "neuron_training"])
def test_frames_are_what_the_widget_shows_when_its_controls_stand_there(name):
    interactive = all_interactives()[name]()
    before, made = interactive.picture.value, frames(interactive)
    controls = [interactive.controls[control] for control in SWEEPS[name]]
    values = [sweep(control, wanted)[1] for control, wanted in zip(controls, SWEEPS[name].values(), strict=True)]
    start = [options.index(control.value) for control, options in zip(controls, values, strict=True)]
    assert [control["start"] for control in made["controls"]] == start
    interactive.refresh()
    assert interactive.picture.value == before, "nothing was moved"
    for k, combination in enumerate(itertools.product(*values)):
        for control, value in zip(controls, combination, strict=True):
            control.value = value
        assert made["words"][k] == interactive.alt
        frame = picture_of(base64.b64decode(made["pictures"][k]))
        assert np.abs(frame - picture_of(interactive.png())).max() <= 4, "colours are rounded, nothing else"


@pytest.mark.parametrize("name", SWEEPS)
def test_every_value_that_a_page_has_can_be_set_in_the_notebook(name, offline):
    controls = all_interactives()[name]().controls
    for key, values in SWEEPS[name].items():
        control = controls[key]
        control.unobserve_all()
        labels, found, start = sweep(control, values)
        assert found[start] == control.value
        assert len(labels) == len(found) > 1
        for value in found:
            control.value = value
            assert control.value == value


def some(controls):
    """An interactive with these controls and nothing to see."""
    return Interactive("Move it.", controls, Figure(), [], lambda **values: f"It stands at {values}.")


def test_an_interactive_of_which_nothing_is_said_moves_along_its_first_slider_or_else_its_first_menu():
    menu = ipywidgets.Dropdown(options=[("one", 1), ("two", 2)], value=2, description="menu")
    slider = ipywidgets.IntSlider(7, min=0, max=100, description="slider")
    other = ipywidgets.FloatLogSlider(4, base=2, min=0, max=8, step=1, readout_format=".0f", description="other")
    made = frames(some({"menu": menu, "slider": slider, "other": other}))
    (control,) = made["controls"]
    assert (control["name"], control["menu"], control["labels"][control["start"]]) == ("slider", False, "7")
    assert control["labels"] == ["0", "7", *map(str, range(10, 101, 10))]
    assert made["others"] == ["menu", "other"]
    assert made["words"][2] == "It stands at {'menu': 2, 'slider': 10, 'other': 4.0}."
    assert frames(some({"menu": menu}))["controls"] == [
        {"name": "menu", "labels": ["one", "two"], "start": 1, "menu": True}
    ]
    assert frames(some({"other": other}))["controls"][0]["labels"] == [str(2**k) for k in range(9)]


def test_what_is_more_than_controls_and_a_picture_has_no_frames():
    class Canvas(Interactive):
        pass

    slider = ipywidgets.IntSlider(0, min=0, max=3, description="slider")
    plain = some({"slider": slider})
    assert MIME in bundle(plain)
    plain.__class__ = Canvas
    assert bundle(plain).keys() == plain._repr_mimebundle_().keys()


# Bad input


def test_a_lesson_that_fails_stops_the_book_and_names_lesson_cell_and_error(tmp_path, monkeypatch):
    (tmp_path / "course").mkdir()
    lesson = tmp_path / "course" / "02-tiny.ipynb"
    cells = [
        nbformat.v4.new_markdown_cell("# 02 Tiny", id="title"),
        nbformat.v4.new_code_cell("a = 0", id="fine"),
        nbformat.v4.new_code_cell("1 / a", id="division"),
        nbformat.v4.new_code_cell("a", id="never-reached"),
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), lesson)
    monkeypatch.setattr(stage, "ROOT", tmp_path)
    with pytest.raises(BookError, match=r"course/02-tiny\.ipynb fails in cell 'division': ZeroDivisionError"):
        build(tmp_path / "made")
    assert not (tmp_path / "made" / "html").exists()


def test_a_frame_that_cannot_be_drawn_stops_the_book_too(tmp_path):
    code = """import ipywidgets
from matplotlib.figure import Figure
from chainrule.widgets.base import Interactive
slider = ipywidgets.IntSlider(1, min=0, max=3, description="slider")
Interactive("Move it.", {"slider": slider}, Figure(), [], lambda slider: f"Its inverse is {1 / slider}.")"""
    lesson = tmp_path / "01-tiny.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code, id="inverse")]), lesson)
    with pytest.raises(BookError, match=r"01-tiny\.ipynb fails in cell 'inverse': ZeroDivisionError: division by zero"):
        outputs_of([lesson], tmp_path / "cache")


def test_outputs_are_kept_until_code_changes_and_not_when_prose_does(tmp_path):
    lesson, runs = tmp_path / "01-tiny.ipynb", []
    for prose, code in [("a", "1"), ("b", "1"), ("b", "2"), ("b", "2")]:
        cells = [nbformat.v4.new_markdown_cell(prose, id="text"), nbformat.v4.new_code_cell(code, id="code")]
        nbformat.write(nbformat.v4.new_notebook(cells=cells), lesson)
        outputs = outputs_of([lesson], tmp_path / "cache", say=runs.append)
        assert outputs[lesson]["code"][0]["data"]["text/plain"] == code
    assert len(runs) == 2


def test_outputs_are_made_anew_when_what_a_lesson_imports_or_a_package_s_version_changes(tmp_path, monkeypatch):
    package = tmp_path / "chainrule"
    package.mkdir()
    for name, code in {"network": "from chainrule.layers import a", "layers": "a = 1", "data": "b = 1"}.items():
        (package / f"{name}.py").write_text(code)
    monkeypatch.setattr(execute, "PACKAGE", package)
    cell = nbformat.v4.new_code_cell("from chainrule.network import a", id="import")
    lesson = nbformat.v4.new_notebook(cells=[cell])
    before = execute.fingerprint(lesson)
    (package / "data.py").write_text("b = 2")
    assert execute.fingerprint(lesson) == before
    (package / "layers.py").write_text("a = 2")
    after = execute.fingerprint(lesson)
    assert after != before
    monkeypatch.setattr(execute.metadata, "version", lambda name: "1.0")
    assert execute.fingerprint(lesson) != after


def test_outputs_are_made_anew_when_pytorch_comes_or_changes_where_a_lesson_asks_for_it(monkeypatch):
    def prints(code):
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code, id="code")])
        found = []
        for version in (None, "2.12", "2.13"):
            monkeypatch.setattr(execute, "version_of", lambda package, version=version: version)
            found.append(fingerprint(notebook))
        return len(set(found))

    assert prints("import torch") == 3
    assert prints("import math") == 1


def test_the_published_book_has_the_pytorch_that_the_tests_have():
    places = [ROOT / ".github" / "workflows" / "book.yml", ROOT / ".ci" / "run"]
    versions = [re.findall(r"torch==([\d.]+)", place.read_text(encoding="utf-8")) for place in places]
    assert versions[0] == versions[1] != []


def test_the_list_of_lessons_says_how_long_each_takes_to_read_and_to_run(monkeypatch, tmp_path):
    monkeypatch.setattr(stage, "MEASURED", tmp_path / "guide.md")
    row = f"| {LESSONS[2].stem} | 45 | 7 | 43 | 3 | 9 | 2 | 4 |"
    stage.MEASURED.write_text(f"<!-- lesson-table -->\n{row}\n<!-- /lesson-table -->")
    first, second = stage.tables("<!-- lessons -->", LESSONS[2:4]).splitlines()[2:]
    assert re.search(r"\| \d+ \| 7 \|$", first)
    assert re.search(r"\| \d+ \|  \|$", second), "not measured yet"


def test_buttons_to_run_a_lesson_elsewhere_appear_where_the_repository_is_known(monkeypatch):
    lesson = LESSONS[2]
    monkeypatch.delenv("CHAINRULE_REPOSITORY", raising=False)
    assert "Binder" not in stage.toolbar(lesson)
    monkeypatch.setenv("CHAINRULE_REPOSITORY", "https://github.com/someone/course")
    bar = stage.toolbar(lesson)
    assert f"https://mybinder.org/v2/gh/someone/course/main?urlpath=lab/tree/course/{lesson.name}" in bar
    assert f"https://colab.research.google.com/github/someone/course/blob/main/course/{lesson.name}" in bar
    monkeypatch.setenv("CHAINRULE_REPOSITORY", "someone/course")
    with pytest.raises(BookError, match="should be like https://github.com/OWNER/NAME"):
        stage.toolbar(lesson)


def test_a_question_without_an_entry_stops_the_book():
    with pytest.raises(BookError, match=r"no question 99 in course/chainrule/questions/02\.toml"):
        stage.form("02", "99", None)


def test_a_question_that_wants_several_numbers_must_say_so():
    with pytest.raises(BookError, match=r"question 06\.2 wants several numbers"):
        stage.form("06", "2", None)


def test_links_to_files_that_are_no_pages_become_text_or_lead_to_the_repository(monkeypatch):
    monkeypatch.delenv("CHAINRULE_REPOSITORY", raising=False)
    assert stage.linked("see [the licence](LICENSE)", ROOT / "README.md", set()) == "see the licence"
    monkeypatch.setenv("CHAINRULE_REPOSITORY", "https://github.com/someone/course")
    assert "course/tree/main/LICENSE" in stage.linked("[the licence](LICENSE)", ROOT / "README.md", set())
    assert stage.linked("[x](#y) [z](https://a.b)", ROOT / "README.md", set()) == "[x](#y) [z](https://a.b)"


def test_anchors_are_jupyters():
    assert jupyter_anchor("What a ½ or a mean changes") == "What-a-½-or-a-mean-changes"
