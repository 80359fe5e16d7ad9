# Each target creates what it needs. `make help` lists them.
PYTHON ?= python3
BIN := .venv/bin
# nbgrader's configuration is there, and JupyterLab's: no question about news in front of the first lesson.
export JUPYTER_CONFIG_PATH := $(CURDIR)/grader
export TRAITLETS_APPLICATION_RAISE_CONFIG_FILE_ERROR := 1
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: help lab
help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 22

ifneq ($(wildcard .venv/made-in),)
ifneq ($(shell cat .venv/made-in),$(CURDIR))
$(error .venv was made in another folder, $(shell cat .venv/made-in): remove it (rm -r .venv) and run make again)
endif
endif

$(BIN)/python:
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "Python could not make a virtual environment (Debian: apt-get install python3-venv); then run make again."; exit 1; }
	@echo "$(CURDIR)" > .venv/made-in

.venv/lab-installed: pyproject.toml | $(BIN)/python
	@echo "Installing the course into .venv (once; again only when pyproject.toml changes)"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

lab: .venv/lab-installed  ## open JupyterLab on the first lesson; LAB_ARGS="--no-browser --port 8899" for a machine without a screen
	$(BIN)/python -m jupyter lab course/00-start-here.ipynb $(if $(filter 0,$(shell id -u)),--allow-root) $(LAB_ARGS)

# For instructors and contributors: the students' archive has what stands above.
ASSIGNMENT ?= step3-multi-layer-perceptron
.PHONY: test book figures lesson-table bench release grade feedback report check-assignments
.venv/dev-installed: pyproject.toml | $(BIN)/python
	@echo "Installing the course, the grader, the book's and the test tools into .venv"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[grader,dev,book]"
	@touch $@ .venv/lab-installed .venv/book-installed

test: .venv/dev-installed  ## run every test, a process a core; TEST_ARGS="tests/test_data.py" for some
	$(BIN)/python -m pytest -n auto --dist worksteal $(TEST_ARGS)

.venv/book-installed: pyproject.toml | $(BIN)/python
	@echo "Installing the course and the book's tools into .venv"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[book]"
	@touch $@ .venv/lab-installed

book: .venv/book-installed  ## make the web book in book/_build/html; BOOK_ARGS="--only 00 02" for some lessons
	$(BIN)/python -m book $(BOOK_ARGS)

figures: .venv/dev-installed  ## draw the still pictures of the interactives in course/figures
	$(BIN)/python -m chainrule.widgets course/figures

lesson-table: .venv/dev-installed  ## run all lessons and write their table in the contributors' guide
	$(BIN)/python tests/lesson_table.py

# OPENBLAS_CORETYPE, where somebody has set it, holds NumPy's matrix products to an older processor's pace.
bench: .venv/dev-installed  ## measure and write benchmarks/results; BENCH=training for a part
	env -u OPENBLAS_CORETYPE $(BIN)/python -m benchmarks $(BENCH)

release: .venv/dev-installed  ## make the students' notebooks in assignments/ from solutions/, and dist/course-student.zip
	$(BIN)/python -m grader release

grade: .venv/dev-installed  ## grade what was collected; ASSIGNMENT=... (GRADE_ARGS="--jobs 4")
	$(BIN)/python -m grader grade $(ASSIGNMENT) $(GRADE_ARGS)

feedback: .venv/dev-installed  ## write each student's page into grader/feedback; ASSIGNMENT=...
	$(BIN)/python -m grader feedback $(ASSIGNMENT)

report: .venv/dev-installed  ## write the page about the class into grader/report; ASSIGNMENT=...
	$(BIN)/python -m grader report $(ASSIGNMENT)

check-assignments: .venv/dev-installed  ## hold every assignment's tests against right and wrong answers; CHECK=name for one
	$(BIN)/python -m grader check $(CHECK)
