#!/usr/bin/env bash
# Counts and times the communication of the loop on simulated clusters: run.sh FOLDER [RANKS...], options of bench_loop
# in BENCH_OPTIONS. Needs SimGrid (Debian: libsimgrid-dev). FOLDER gets the build and a JSON file for each number of
# ranks, which scaling_model.py --check compares with what it predicts.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
folder=${1:?usage: run.sh FOLDER [RANKS...]}
shift
[ $# -gt 0 ] || set -- 64 128 256 512 1024
if ! command -v smpicxx >/dev/null; then
  echo "smpicxx was not found: install libsimgrid-dev" >&2
  exit 2
fi
SMPI_PRETEND_CC=1 cmake -S "$here" -B "$folder/build" >/dev/null
cmake --build "$folder/build" -j 2
for ranks in "$@"; do
  for ((rank = 0; rank < ranks; ++rank)); do
    echo "node-$((rank / 32))"
  done >"$folder/hosts"
  # The time is that of communication: what the ranks compute in between takes none.
  # shellcheck disable=SC2086
  smpirun -np "$ranks" -platform "$here/cluster.xml" -hostfile "$folder/hosts" \
    --cfg=smpi/simulate-computation:no --cfg=smpi/iprobe:1e-7 --cfg=smpi/test:1e-7 --cfg=smpi/wtime:0 \
    --cfg=smpi/os:0:5e-7:0 --cfg=smpi/or:0:5e-7:0 --cfg=smpi/coll-selector:ompi \
    --cfg=contexts/stack-size:1024 --log=root.thres:warning --cfg=smpi/privatization:dlopen \
    "$folder/build/bench_loop" --json "$folder/loop_$ranks.json" ${BENCH_OPTIONS:-}
done
