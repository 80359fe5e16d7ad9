"""``python -m grader``, the same as the command ``grader``."""

import sys

if sys.platform == "win32":  # no file locks, no resource limits, no bubblewrap there
    sys.exit("grader: grading needs Linux; on Windows, install and run it in the Windows Subsystem for Linux (WSL).")

from grader.cli import main

if __name__ == "__main__":
    main()
