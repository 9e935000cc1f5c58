# make repro   set up and run the whole pipeline: download, parse, train, evaluate, sample
# make test    set up and run the tests
# make studies  other seeds, other splits, fewer tunes: reports/studies; make studies STUDIES=seeds
# make ablations    tune-lstm without each of its parts: the table of docs/model.md
# make temperature  samples of validation tunes at other temperatures: the table of docs/generation.md
# make test-slow    trainings killed at random moments
# make lint    style and types
# make check-corpus    every tune beside the MIDI of the corpus's own cleaners
# make check-oneills   tunes of another corpus beside what abc2midi plays
# make check-generated  1,000 written tunes, read back and by music21 and abc2midi
# make check-muspy      two figures of music beside MusPy's
# make mutants         do the tests notice small errors in encoding, n-grams and metrics?
# make fuzz            20,000 damaged tunes; make fuzz INPUTS=100 SEED=2
# make bench-parse     reading speed beside music21's
# make bench           training, sampling and counting speed beside PyTorch, Flax and NLTK
# make lock    resolve requirements.lock again from pyproject.toml

PYTHON ?= python3
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)

INPUTS ?= 20000
SEED ?= 1
STUDIES ?=

.PHONY: repro studies ablations temperature test test-slow lint
.PHONY: check-corpus check-oneills check-generated check-muspy mutants fuzz bench-parse bench lock clean
.DEFAULT_GOAL := repro

repro: .venv/.installed
	dvc repro

studies: repro
	python -m studies $(STUDIES)

ablations: repro
	python -m studies.ablations

temperature: repro
	python -m studies.temperature

test: .venv/.installed
	python -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder

test-slow: .venv/.installed
	python -m pytest -m slow

lint: .venv/.installed
	ruff check .
	ruff format --check .
	mypy

check-corpus: .venv/.installed
	python -m checks.answer_sheet

check-oneills: .venv/.installed
	python -m checks.abc2midi

check-generated: repro
	python -m checks.generated

check-muspy: repro .venv/.checks-installed
	python -m checks.muspy

mutants: .venv/.checks-installed
	python -m checks.mutants

fuzz: .venv/.installed
	python -m checks.fuzz --inputs $(INPUTS) --seed $(SEED)

bench-parse: .venv/.installed
	python -m benchmarks.parse

bench: .venv/.bench-installed
	python -m benchmarks.train
	python -m benchmarks.sample
	python -m benchmarks.ngram

lock: .venv/.installed
	python -m pip install --quiet uv
	uv pip compile pyproject.toml --extra dev --extra dask --universal --python-version 3.11 --upgrade \
		--generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate \
		--custom-compile-command 'make lock' --output-file requirements.lock

clean:
	rm -rf .venv mutants

.venv/.installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Nottingham needs Python 3.11 or newer: make PYTHON=python3.11")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $@

.venv/.bench-installed: .venv/.installed benchmarks/requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r benchmarks/requirements.txt
	touch $@

.venv/.checks-installed: .venv/.installed checks/requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r checks/requirements.txt
	touch $@
