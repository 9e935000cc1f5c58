# make repro   set up and run the whole pipeline: download, parse, train, evaluate, sample
# make joint   one model of six corpora: joint/reports
# make pretrained   the model in the package: nottingham/pretrained
# make test    set up and run the tests
# make studies  other seeds, other splits, fewer tunes: reports/studies; make studies STUDIES=seeds
# make ablations    two models without each of their parts: the tables of docs/model.md
# make temperature  samples at other temperatures and guidance: the tables of docs/generation.md
# make wishes       tunes requested, measures written again, primers continued: docs/generation.md
# make test-slow    kills, full disks, damaged artifacts, pickles; about half an hour
# make lint    style and types, of the workflow too
# make check-lock   does dvc.lock belong to dvc.yaml, params.yaml and the code?
# make review  metrics, params and plots beside another branch: build/review; make review BASE=v1
# make ci      all that continuous integration runs: lint, test, check-lock, review
# make hooks   have git run the checks at each commit and push
# make check-corpus    every tune beside the MIDI of the corpus's own cleaners
# make check-oneills   tunes of another corpus beside what abc2midi plays
# make check-generated  1,000 written tunes, read back and by music21 and abc2midi
# make check-muspy      two figures of music beside MusPy's
# make check-determinism    everything again in an empty clone; the networks as other machines do
# make fuzz            20,000 damaged tunes; make fuzz INPUTS=100 SEED=2
# make audit           known vulnerabilities of what requirements.lock installs, asked of PyPI
# make bench           training, sampling and counting speed beside PyTorch, Flax and NLTK
# make lock    resolve requirements.lock again from pyproject.toml
# make clean   remove the installed packages

PYTHON ?= python3
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
# huge pages, where glibc has them: trainings take a quarter less time
export GLIBC_TUNABLES ?= glibc.malloc.hugetlb=1

INPUTS ?= 20000
SEED ?= 1
STUDIES ?=
BASE ?= main

define NO_REPOSITORY
error: this copy is no git repository, and DVC and the review of a branch ask for one. Clone it with
git, or make it one: git init && git add --all && git commit --message 'As downloaded'
To run the pipeline alone, without experiments: .venv/bin/dvc config --local core.no_scm true
endef
export NO_REPOSITORY
IN_GIT := git rev-parse --git-dir > /dev/null || { echo "$$NO_REPOSITORY" >&2; exit 1; }

.PHONY: repository known-to-dvc repro joint pretrained studies ablations temperature wishes test test-slow lint check-lock review ci hooks
.PHONY: check-corpus check-oneills check-generated check-muspy check-determinism fuzz audit
.PHONY: bench lock clean
.DEFAULT_GOAL := repro

repository:
	@$(IN_GIT)

known-to-dvc:
	@grep -qsE 'no_scm *= *true' .dvc/config.local || $(IN_GIT)

repro: .venv/.installed known-to-dvc
	dvc repro

studies: repro
	python -m tools.studies $(STUDIES)

ablations: repro
	python -m tools.studies.ablations

temperature: repro
	python -m tools.studies.temperature
	python -m tools.studies.guidance

wishes: repro
	python -m tools.studies.wishes
	python -m tools.studies.rewriting
	python -m tools.studies.primers

joint: .venv/.installed known-to-dvc
	dvc repro joint/dvc.yaml

pretrained: .venv/.installed known-to-dvc
	dvc repro pretrained/dvc.yaml

test: .venv/.installed
	python -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder

test-slow: .venv/.installed
	python -m pytest -m slow -rP

lint: .venv/.installed
	ruff check .
	ruff format --check .
	mypy
	check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yaml
	zizmor --quiet --offline --persona pedantic .github/workflows

check-lock: .venv/.installed known-to-dvc
	python -m tools.checks.lock

review: .venv/.installed repository
	mkdir -p build/review
	since=$$(git merge-base $(BASE) HEAD) && { dvc metrics diff --md --precision 4 $$since && echo \
		&& dvc params diff --md $$since; } > build/review/review.md \
		&& dvc plots diff $$since --out build/review/plots
	cat build/review/review.md

ci: lint test check-lock review

hooks: .venv/.installed repository
	pre-commit install

check-corpus: .venv/.installed
	python -m tools.checks.answer_sheet

check-oneills: .venv/.installed
	python -m tools.checks.abc2midi

check-generated: repro
	python -m tools.checks.generated

check-muspy: repro .venv/.checks-installed
	python -m tools.checks.muspy

check-determinism: repro
	python -m tools.checks.determinism

fuzz: .venv/.installed
	python -m tools.checks.fuzz --inputs $(INPUTS) --seed $(SEED)

audit:
	$(PYTHON) -m venv --clear .venv/audit
	.venv/audit/bin/python -m pip install --quiet --disable-pip-version-check -r tools/checks/audit.txt
	.venv/audit/bin/pip-audit --strict --disable-pip --require-hashes --requirement requirements.lock

bench: repro .venv/.bench-installed
	python -m tools.benchmarks.train
	python -m tools.benchmarks.sample
	python -m tools.benchmarks.generate
	python -m tools.benchmarks.ngram

lock: .venv/.installed
	python -m pip install --quiet uv
	uv pip compile pyproject.toml --extra dev --extra s3 --extra dask --universal --python-version 3.11 --upgrade \
		--generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate \
		--custom-compile-command 'make lock' --output-file requirements.lock

clean:
	rm -rf .venv

.venv/.installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Nottingham needs Python 3.11 or newer: make PYTHON=python3.11")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $@

.venv/.bench-installed: .venv/.installed tools/benchmarks/requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r tools/benchmarks/requirements.txt
	touch $@

.venv/.checks-installed: .venv/.installed tools/checks/requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r tools/checks/requirements.txt
	touch $@
