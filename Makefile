# make repro   set up and run the whole pipeline: download, parse, train, evaluate, sample
# make test    set up and run the tests
# make lint    style and types
# make lock    resolve requirements.lock again from pyproject.toml

PYTHON ?= python3
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: repro test lint lock clean
.DEFAULT_GOAL := repro

repro: .venv/.installed
	dvc repro

test: .venv/.installed
	python -m pytest

lint: .venv/.installed
	ruff check .
	ruff format --check .
	mypy

lock: .venv/.installed
	python -m pip install --quiet uv
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --upgrade \
		--generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate \
		--custom-compile-command 'make lock' --output-file requirements.lock

clean:
	rm -rf .venv

.venv/.installed: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Nottingham needs Python 3.11 or newer: make PYTHON=python3.11")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	touch $@
