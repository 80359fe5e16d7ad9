"""python -m chainrule.widgets FOLDER: draw every interactive, as it first stands, into FOLDER/NAME.png."""

import sys
from pathlib import Path

from chainrule.widgets import all_interactives

if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m chainrule.widgets FOLDER")
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, make in all_interactives().items():
        (folder / f"{name}.png").write_bytes(make().png())
        print(folder / f"{name}.png")
