#!/bin/sh
# Rules, alerts and dashboards are tested with a real Prometheus: Debian's, unless one is there already.
set -eu
needed=""
command -v prometheus >/dev/null 2>&1 && command -v promtool >/dev/null 2>&1 || needed="prometheus"
command -v prometheus-postgres-exporter >/dev/null 2>&1 || needed="$needed prometheus-postgres-exporter"
command -v amtool >/dev/null 2>&1 || needed="$needed prometheus-alertmanager"
[ -n "$needed" ] || exit 0
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1; then
  echo "The monitoring tests need$needed on PATH. Install it (Debian: apt-get install$needed) and try again." >&2
  exit 1
fi
echo "Installing$needed for the monitoring tests"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq >/dev/null
# Only the programs are wanted: nothing is to run but what a test starts.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod +x "$policy"
  trap 'rm -f "$policy"' EXIT
fi
# shellcheck disable=SC2086 # one package a word
apt-get install -y -qq --no-install-recommends $needed >/dev/null
