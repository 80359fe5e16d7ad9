"""The IPython in which a student's cells run: it keeps what they show as notebook outputs, up to a size."""

import base64
import sys
import traceback

from IPython.core.compilerop import CachingCompiler
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Type
from traitlets.config import Config


class Outputs:
    """The outputs of one cell, cut at a number of bytes as they are made, so that none can fill memory or a pipe."""

    def __init__(self, limit: int):
        self.limit, self.used, self.items = limit, 0, []

    def stream(self, name: str, text: str):
        """Add text to standard output or error."""
        room = self.limit - self.used
        self.used += len(text)
        if room <= 0:
            return
        if len(text) > room:
            text = text[:room] + "\n[the rest of this cell's output was cut off]\n"
        if self.items and self.items[-1].get("name") == name:
            self.items[-1]["text"].append(text)
        else:
            self.items.append({"output_type": "stream", "name": name, "text": [text]})

    def add(self, item: dict):
        """Add a figure, a result or an error."""
        size = sum(len(str(value)) for value in item.get("data", item).values())
        if self.used + size > self.limit:
            self.stream("stderr", f"[an output of {size} bytes was left out]\n")
        else:
            self.used += size
            self.items.append(item)

    def as_notebook(self) -> list[dict]:
        """The outputs in nbformat's form."""
        return [{**item, "text": "".join(item["text"])} if "text" in item else item for item in self.items]


class Stream:
    """Takes the place of sys.stdout and sys.stderr."""

    encoding, errors = "utf-8", "replace"

    def __init__(self, shell, name):
        self.shell, self.name = shell, name

    def write(self, text):
        """Keep the text as output of the cell that runs."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self.shell.outputs.stream(self.name, text)
        return len(text)

    def writelines(self, lines):
        """Write each of the lines."""
        for line in lines:
            self.write(line)

    def flush(self):
        """Nothing is held back."""

    def isatty(self):
        """No: this is a notebook."""
        return False


class Publisher(DisplayPublisher):
    """Figures and everything else that goes through `display`."""

    def publish(self, data, metadata=None, **options):
        """Keep it as output; an update of an earlier display is dropped."""
        if not options.get("update"):
            item = {"output_type": "display_data", "data": _as_json(data), "metadata": metadata or {}}
            self.shell.outputs.add(item)

    def clear_output(self, wait=False):
        """Forget what the cell has shown so far."""
        self.shell.outputs = Outputs(self.shell.limit)


class Hook(DisplayHook):
    """The value of a cell's last expression."""

    def start_displayhook(self):
        """Nothing to print first."""

    def write_output_prompt(self):
        """No prompt: outputs are kept, not printed."""

    def write_format_data(self, format_dict, md_dict=None):
        """Keep the value as the cell's result."""
        self.shell.outputs.add(
            {
                "output_type": "execute_result",
                "data": _as_json(format_dict),
                "metadata": md_dict or {},
                "execution_count": self.shell.execution_count,
            }
        )

    def finish_displayhook(self):
        """Nothing to print last."""


class Compiler(CachingCompiler):
    """Names the code of each cell after the cell, so that tracebacks can be told back."""

    cell = "cell"

    def get_code_name(self, raw_code, transformed_code, number):
        """The file name under which the code is compiled."""
        return f"<{self.cell}>"


class StudentShell(InteractiveShell):
    """A real IPython without history, threads or terminal."""

    display_pub_class = Type(Publisher)
    displayhook_class = Type(Hook)
    compiler_class = Type(Compiler)

    @classmethod
    def start(cls) -> "StudentShell":
        """Make the one shell of this process, with figures inline."""
        config = Config()
        config.HistoryManager.enabled = False
        config.InteractiveShell.colors = "nocolor"
        shell = cls.instance(config=config)
        shell.cell_of_file, shell.limit = {}, 0
        shell.outputs = Outputs(0)
        shell.run_cell("pass")
        from matplotlib_inline import backend_inline

        # Imported before the shell was there, the backend has not hooked itself in.
        backend_inline._enable_matplotlib_integration()
        return shell

    def limit_output(self, limit: int):
        """Take over the standard streams; each cell may show ``limit`` bytes."""
        self.limit = limit
        sys.stdout, sys.stderr = Stream(self, "stdout"), Stream(self, "stderr")

    def forget_output(self):
        """Keep nothing from now on."""
        self.limit, self.outputs = 0, Outputs(0)

    def run(self, cell: str, source: str) -> dict:
        """Run one cell as a notebook does; returns its outputs and its error, if any."""
        self.outputs = Outputs(self.limit)
        self.compile.cell = cell
        self.cell_of_file[f"<{cell}>"] = cell
        result = self.run_cell(source, store_history=True)
        error = result.error_before_exec or result.error_in_exec
        return {"outputs": self.outputs.as_notebook(), "error": error and describe(error, f"<{cell}>")}

    def system(self, command):
        """What ``!command`` and ``%pip`` do in a notebook, where their failing stops no cell: nothing here."""
        print(f"Not run, there are no other programs here: {command}")

    def getoutput(self, command, split=True, depth=0):
        """As `system`, for ``x = !command``."""
        self.system(command)
        return []

    def enable_gui(self, gui=None):
        """There is no window system here."""

    def _showtraceback(self, etype, evalue, stb):
        lines = [line[:2000] for line in stb][-50:]
        name, words = etype.__name__[:80], str(evalue)[:2000]
        self.outputs.add({"output_type": "error", "ename": name, "evalue": words, "traceback": lines})


def describe(error: BaseException, file: str) -> dict:
    """Type, words and line of an error that a cell stopped with."""
    line = getattr(error, "lineno", None) if isinstance(error, SyntaxError) else None
    for frame, number in traceback.walk_tb(error.__traceback__):
        if frame.f_code.co_filename == file:
            line = number
    text = error.msg if isinstance(error, SyntaxError) else str(error)
    return {"type": type(error).__name__[:80], "text": str(text)[:2000], "line": line or 0}


def _as_json(data):
    """Bytes, as of a PNG, as base64 text."""
    return {
        kind: base64.b64encode(value).decode() if isinstance(value, bytes) else value for kind, value in data.items()
    }
