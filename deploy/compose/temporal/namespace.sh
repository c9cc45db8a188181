#!/bin/sh
# Makes the namespace, unless it is there. How long it remembers is set by `python -m orchestrator setup`.
set -eu
: "${TEMPORAL_ADDRESS:?}" "${NAMESPACE:?}"
until temporal operator cluster health >/dev/null 2>&1; do sleep 1; done
temporal operator namespace describe --namespace "$NAMESPACE" >/dev/null 2>&1 ||
  temporal operator namespace create --namespace "$NAMESPACE" --retention 30d
