#!/usr/bin/env bash
# What conda-build runs in the sources, with its own compilers and prefix.
set -euo pipefail
# shellcheck disable=SC2086 # CMAKE_ARGS is a list of words
cmake ${CMAKE_ARGS:-} -G Ninja -S . -B build/conda -DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_PREFIX="$PREFIX" \
  -DCMAKE_INSTALL_LIBDIR=lib -DBUILD_SHARED_LIBS=ON
cmake --build build/conda
cmake --install build/conda
