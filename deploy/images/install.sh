#!/bin/sh
# Makes /app: the environment of one image, from its lock file and this repository's packages, and its SBOM.
# Usage: install.sh <lock file's name> <package folder>…
set -eu
lock=$1
shift
export PATH="/tools/bin:$PATH" VIRTUAL_ENV=/app
uv venv --quiet --python "$(PATH=/usr/local/bin:/usr/bin command -v python3)" /app
uv pip sync --quiet --require-hashes "requirements/$lock.lock"
uv pip install --quiet --no-deps --no-sources "$@"
cyclonedx-py environment --output-reproducible --output-format JSON --output-file /app/sbom.cdx.json /app/bin/python
