# Everything that is done with the workbook, one target each. `make help` lists them.
# A fresh clone needs Python 3.8 or newer, git and make; set-up brings the rest (see utils/project/set_up).

PYTHON ?= $(shell for python in python3 python python3.13 python3.12 python3.11 python3.10 python3.9 python3.8; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 8))' >/dev/null 2>&1 && { echo $$python; break; }; done)
CHAPTER ?=
PART ?=
STACK ?=
REPO ?=
BRANCH ?=
ARGS ?=
TO ?=
CONFIG ?=
FROM ?=

RUN = @test -n "$(PYTHON)" || { echo "make needs Python 3.8 or newer, and none is on the PATH: install python3, then call make again." >&2; exit 1; }; \
	"$(PYTHON)"
SET_UP = $(RUN) -m utils.project.set_up --stack "$(STACK)"

.DEFAULT_GOAL := help
.PHONY: help setup run test bench fuzz mutate colab site accessibility pictures lab export class progress format lock audit links tables card clean

help:  ## Show this list.
	@echo "make TARGET [NAME=VALUE ...]"
	@echo
	@awk -F '## ' '/^[a-z]+:.*## / { split($$1, name, ":"); printf "  %-8s %s\n", name[1], $$2 } \
		/^## / { printf "           %s\n", $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "STACK=1.16 or STACK=1.21 picks a generation of TFX for run, test, lab and setup;"
	@echo "by default it is the newest that this machine can run."

run:  ## Run all notebooks; executed copies and pages go to build/executed.
##   CHAPTER=04 runs one chapter.
	$(SET_UP) -- python -m utils.project.run_notebooks --chapter "$(CHAPTER)" $(ARGS)

test:  ## Check everything: lint, types, unit tests, notebooks, browser.
##   PART=unit runs one part (lint, types, unit, notebooks, browser); CHAPTER=04 one notebook.
##   PART=heavy runs the long proofs, which nothing else runs but the nightly workflow.
	$(SET_UP) $(if $(filter-out lint types unit notebooks heavy,$(or $(PART),all)),--browser) -- \
		python -m utils.project.run_tests --part "$(PART)" --chapter "$(CHAPTER)" $(ARGS)

bench:  ## Measure seconds and memory, and write BENCHMARKS.md; hours.
##   PART=pipeline, rows, chapters, binder (one processor, 2 GB) or cluster; CHAPTER=04 one chapter.
	$(SET_UP) -- python -m tests.benchmarks $(if $(PART),--part $(PART)) --chapter "$(CHAPTER)" $(ARGS)

mutate:  ## Change the modules that compute, and see whether their tests notice; half an hour.
##   ARGS="--module csvio" takes only the modules whose path holds this.
	$(SET_UP) -- python -m tests.mutation $(ARGS)

fuzz:  ## Give hostile input to loaders, server and displays, and count what happens; ten minutes.
##   ARGS="--target CSV --inputs 1000 --seed 2" tries some.
	$(SET_UP) -- python -m tests.fuzzing $(ARGS)

colab:  ## Run every notebook as Colab would, with STACK=1.21.
##   CHAPTER=04 runs one.
	$(SET_UP) -- python -m tests.launch.colab --chapter "$(CHAPTER)" $(ARGS)

site:  ## Make a site to look at from the executed notebooks (after make run), in build/site.
	$(SET_UP) --browser -- python -m utils.project.site $(ARGS)

accessibility:  ## Check every page of the site (after make site) by axe-core and the keyboard.
	$(SET_UP) --browser -- python -m tests.browser.accessibility $(ARGS)

pictures:  ## Take the README's pictures again, from the executed notebooks (after make run).
	$(SET_UP) --browser -- python -m tests.browser.pictures $(ARGS)

lab:  ## Open JupyterLab on the notebooks.
##   ARGS="--no-browser --port 8890" is handed on to it.
	$(SET_UP) -- python -m utils.project.lab $(ARGS)

export:  ## Write the pipeline as a project of your own, in plain TFX, into a folder that is new or empty.
##   TO=../my-pipeline names the folder; CONFIG=config.json takes the values of a notebook (chapter 11).
	@test -n "$(TO)" || { echo "Name the folder: make export TO=../my-pipeline" >&2; exit 1; }
	$(SET_UP) -- python -W ignore::FutureWarning -m utils.exporting --to "$(TO)" $(if $(CONFIG),--config "$(CONFIG)") $(ARGS)

class:  ## Write copies of the notebooks for a class, without solutions and with them, into a new folder.
##   TO=../class names the folder; CHAPTER="1 4 7" takes some chapters.
	@test -n "$(TO)" || { echo "Name the folder: make class TO=../class" >&2; exit 1; }
	$(SET_UP) -- python -m utils.project.classroom --to "$(TO)" --chapter "$(CHAPTER)" $(ARGS)

progress:  ## Show which exercises you have solved.
##   FROM=folder TO=class.csv makes a table of a class, from a folder with a file of each reader.
	$(SET_UP) -- python -m utils.project.class_progress $(if $(FROM),--from "$(FROM)") $(if $(TO),--to "$(TO)") $(ARGS)

setup:  ## Only make the environment, which run, test and lab do by themselves.
	$(SET_UP)

format:  ## Format modules and notebooks, and strip outputs from the notebooks.
	$(SET_UP) -- sh -c 'ruff check --fix-only --quiet utils tests notebooks; ruff format utils tests notebooks; \
		find notebooks -name "[!.]*.ipynb" -not -path "*/.*" -exec python -m utils.project.notebook_filter --write {} +'

lock:  ## Pin all packages again, with hashes.
##   ARGS=--upgrade takes the newest versions.
	$(RUN) -m utils.project.lock $(ARGS)

audit:  ## Ask about known vulnerabilities of all pinned packages, and list licences.
	$(SET_UP) -- python -m utils.project.audit

links:  ## Lead the notebooks' Colab and Binder links to your copy on GitHub.
##   REPO=https://github.com/you/your-copy BRANCH=main; by default git's origin.
	$(SET_UP) -- python -m utils.project.launch_links $(if $(BRANCH),--branch "$(BRANCH)") $(if $(REPO),"$(REPO)")

tables:  ## Write again what README.md, INSTRUCTORS.md and STANDS_FOR.md take from the notebooks.
	$(SET_UP) -- python -m utils.project.tables

card:  ## Write the data card again.
	$(SET_UP) -- python -m utils.complaints card

clean:  ## Delete what was made: executed pages, stores, generated data. Environments stay.
##   ARGS=all deletes the whole build folder, your downloads too; of a folder that WORKBOOK_BUILD names,
##   what the workbook made.
	$(RUN) -m utils.project.clean $(ARGS)
