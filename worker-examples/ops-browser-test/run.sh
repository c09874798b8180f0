#!/bin/sh
# Tests the operations page in Chromium. Needs node, a built project (mvn install -DskipTests
# -DskipITs) and Debian's package chromium; says so and does nothing where there is no browser.
# SCREENSHOTS names a folder for pictures of every page; STAGE_LOG=1 shows the workers' log.
set -eu
cd "$(dirname "$0")"
browser=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || true)}
if [ -z "$browser" ]; then
  echo "SKIPPED: there is no Chromium here; apt-get install chromium, or set CHROMIUM to one"
  exit 0
fi
if ! command -v npm >/dev/null; then
  echo "SKIPPED: there is no node here; apt-get install nodejs npm"
  exit 0
fi
[ -d node_modules/playwright-core ] || npm ci --no-audit --no-fund
CHROMIUM=$browser exec node test.mjs
