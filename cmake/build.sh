#!/usr/bin/env bash
# Configures (once) and builds a preset of CMakePresets.json:  cmake/build.sh release
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

preset=$1
if [[ ! -f build/$preset/build.ninja ]]; then
  cmake --preset "$preset"
fi
cmake --build --preset "$preset"
