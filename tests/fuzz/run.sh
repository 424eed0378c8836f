#!/usr/bin/env bash
# Installs and builds what a fuzz target needs and runs it:  tests/fuzz/run.sh graph 300
# The seconds are 60 unless told, and what follows them goes to libFuzzer. Inputs that reach new code are kept in
# build/fuzz/corpus/TARGET; one that ends the process is kept in build/fuzz/found/ and belongs, once the bug is mended,
# into tests/fuzz/corpus/TARGET. There, smaller inputs that reach as much come with -merge=1, as libFuzzer tells.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

target=$1
seconds=${2:-60}
cmake/install_packages.sh build fuzz
cmake/build.sh fuzz

mkdir -p "build/fuzz/corpus/$target" build/fuzz/found
if [[ $(id -u) -eq 0 ]]; then # Open MPI refuses to start as root, as in a container, unless told twice
  export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
fi
export OMP_NUM_THREADS=1 OMPI_MCA_pml=ob1 OMPI_MCA_btl=self
export UBSAN_OPTIONS=print_stacktrace=1
export LSAN_OPTIONS=suppressions=$PWD/tests/support/leaks.supp:print_suppressions=0
exec "build/fuzz/bin/fuzz_$target" -max_total_time="$seconds" -timeout=10 -malloc_limit_mb=256 -max_len=1024 \
  -artifact_prefix=build/fuzz/found/ "${@:3}" "build/fuzz/corpus/$target" "tests/fuzz/corpus/$target"
