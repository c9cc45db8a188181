#!/bin/sh
# The pages are tested in a real browser: Debian's Chromium, unless one is there already.
set -eu
command -v chromium >/dev/null 2>&1 && exit 0
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1; then
  echo "The browser tests need chromium on PATH. Install it (Debian: apt-get install chromium) and try again." >&2
  exit 1
fi
echo "Installing chromium for the browser tests"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq >/dev/null
apt-get install -y -qq --no-install-recommends chromium >/dev/null
