#!/usr/bin/env bash
# Installs what is missing, builds the program with its tests, and runs them. Arguments go to ctest.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

cmake/install_packages.sh build test
cmake/build.sh test

if [[ $(id -u) -eq 0 ]]; then # Open MPI refuses to start as root, as in a container, unless told twice
  export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
fi
ctest --preset test "$@"
