#!/usr/bin/env bash
# One map under Flux: a part that is stopped by the time limit ends with exit code 75 and submits the next one.
#
#   flux batch -N 1 -n 2 -c 1 -t 60m jobs/flux/embed.sh DATA.h5 MAP.h5 [OPTIONS OF distsne embed]
#
# For -N (hosts), -n (ranks), -c (threads) and -t ask `distsne plan DATA.h5 --cores 64 --memory 250G`, for nodes of 64
# cores and 250 GB.
set -euo pipefail

data=${1:?name the HDF5 file with your data}
map=${2:?name the file for the map}
shift 2

script=$(realpath "${FLUX_SCRIPT:-$0}")
code=0
# Five minutes less than the limit above.
flux run -N "${NODES:-1}" -n "${RANKS:-2}" -c "${THREADS:-1}" -o mpi=openmpi \
  "${DISTSNE:-distsne}" embed "$data" -o "$map" --max-time 55min "$@" || code=$?
if [[ $code -eq 75 ]]; then
  flux batch -N "${NODES:-1}" -n "${RANKS:-2}" -c "${THREADS:-1}" -t 60m "$script" "$data" "$map" "$@"
fi
exit "$code"
