#!/usr/bin/env bash
# One map on this machine, with one rank for each core, until it is done. Ctrl-C keeps the state; the same command goes
# on from there.
#
#   jobs/workstation.sh DATA.h5 MAP.h5 [OPTIONS OF distsne embed]
#
# `distsne plan DATA.h5` says beforehand what it will take. RANKS=N sets another number of ranks.
set -euo pipefail

data=${1:?name the HDF5 file with your data}
map=${2:?name the file for the map}
shift 2
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
distsne=${DISTSNE:-$root/build/release/bin/distsne}

if [[ $(id -u) -eq 0 ]]; then # Open MPI refuses to start as root, as in a container, unless told twice
  export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
fi
mpirun -n "${RANKS:-$(nproc)}" "$distsne" embed "$data" -o "$map" "$@" &
launcher=$!
# mpirun would kill its ranks on Ctrl-C a second later; SIGUSR1 reaches them and lets them finish.
trap 'kill -USR1 "$launcher" 2>/dev/null' INT TERM USR1
while kill -0 "$launcher" 2>/dev/null; do
  wait "$launcher" || true # the trap ends the wait before mpirun has ended
done
code=0
wait "$launcher" || code=$?
exit "$code"
