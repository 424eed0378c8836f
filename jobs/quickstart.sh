#!/usr/bin/env bash
# From a fresh checkout to a map: installs what is missing, builds, embeds the bundled digits on 2 ranks and draws them.
#   jobs/quickstart.sh [FOLDER]      map.h5 and map.png go to FOLDER, by default the current directory
set -euo pipefail

if [[ ${1:-} == -h || ${1:-} == --help ]]; then
  sed -n '2,3s/^# *//p' "$0"
  exit 0
fi
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
folder=${1:-$PWD}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)

"$root/cmake/install_packages.sh" build
preset="release"
if [[ -f $root/build/test/build.ninja ]]; then # the tests have built the same program with theirs
  preset="test"
fi
"$root/cmake/build.sh" "$preset"

if [[ $(id -u) -eq 0 ]]; then # Open MPI refuses to start as root, as in a container, unless told twice
  export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
fi
distsne=$root/build/$preset/bin/distsne
mpirun --oversubscribe -n 2 "$distsne" embed "$root/tests/data/digits.h5" -o "$folder/map.h5"
"$distsne" plot "$folder/map.h5" -o "$folder/map.png"

cat <<END

The map:     $folder/map.h5
The picture: $folder/map.png
Your data:   mpirun -n 2 $distsne embed YOUR.h5 -o map.h5
END
