#!/bin/sh
# Makes /app, the environment of one image, in two steps, so that a change of code does not install everything anew:
#   install.sh dependencies <lock file's name>
#   install.sh packages <package folder>…      this repository's packages, and the SBOM of it all
set -eu
step=$1
shift
export PATH="/tools/bin:$PATH" VIRTUAL_ENV=/app
case $step in
  dependencies)
    uv venv --quiet --python "$(PATH=/usr/local/bin:/usr/bin command -v python3)" /app
    uv pip sync --quiet --require-hashes "requirements/$1.lock"
    ;;
  packages)
    uv pip install --quiet --no-deps --no-sources "$@"
    cyclonedx-py environment --output-reproducible --output-format JSON --output-file /app/sbom.cdx.json /app/bin/python
    ;;
esac
