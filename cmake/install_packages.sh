#!/usr/bin/env bash
# Installs the Debian packages that are missing, and nothing when none is.
#   cmake/install_packages.sh build         what building and running the program takes
#   cmake/install_packages.sh build test    the tests' needs as well
#   cmake/install_packages.sh build fuzz    what fuzzing takes
set -euo pipefail

build_packages=(
  g++ cmake ninja-build git ca-certificates pkg-config # the tools
  libopenmpi-dev openmpi-bin                            # ranks
  libhdf5-openmpi-dev                                   # data and results
  libeigen3-dev                                         # eigenvectors of the initial map
  libhwy-dev                                            # SIMD with run-time dispatch
  libfftw3-dev                                          # the transforms of the grid
  libcli11-dev libfmt-dev                               # options and messages
  nlohmann-json3-dev                                    # contents of checkpoints, logs for programs
  zlib1g-dev libzip-dev                                 # the HTML page's data, packed tables, NumPy's archives
  liblzf-dev                                            # h5py's own compression
  libpango1.0-dev fonts-dejavu-core                     # pictures (Cairo) and their text in any script
)
test_packages=(
  libgtest-dev                                          # unit tests
  python3 python3-numpy python3-h5py                    # tests that read results as users do
  pybind11-dev python3-dev python3-mpi4py               # the Python module
  python3-anndata python3-scipy python3-pandas          # files of the kinds that people have, made by their programs
  clang-format                                          # the format check
  groff-base                                            # the pages of the manual, as man sets them
  chromium python3-websocket                            # the HTML page, driven as a user does
  slurmctld slurmd slurm-client munge libpmix2          # a cluster of one node for the job scripts
)
fuzz_packages=(
  clang libclang-rt-14-dev libomp-dev                   # libFuzzer and the sanitizers
)

wanted=()
for group in "$@"; do
  case $group in
    build) wanted+=("${build_packages[@]}") ;;
    test) wanted+=("${test_packages[@]}") ;;
    fuzz) wanted+=("${fuzz_packages[@]}") ;;
    *) echo "install_packages.sh: unknown group '$group' (known: build, test, fuzz)" >&2; exit 2 ;;
  esac
done

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
  echo "This is not a Debian-like system, so its packages are taken as given. Needed are the equivalents of:" >&2
  echo "  ${wanted[*]}" >&2
  exit 0
fi

missing=()
for package in "${wanted[@]}"; do
  state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
  [[ $state == installed* ]] || missing+=("$package") # once for each architecture that has it
done
[[ ${#missing[@]} -gt 0 ]] || exit 0

command_line=(apt-get install -y -q --no-install-recommends "${missing[@]}")
waiting=(-o DPkg::Lock::Timeout=120) # a fresh machine may be busy with its first updates
as_root=(env DEBIAN_FRONTEND=noninteractive)
if [[ $(id -u) -ne 0 ]]; then
  may_sudo=no
  if command -v sudo >/dev/null; then
    # Without a terminal sudo could not ask for a password: it must work without, or not at all.
    if sudo -n true 2>/dev/null || [[ -t 0 && -t 2 ]]; then may_sudo=yes; fi
  fi
  if [[ $may_sudo == no ]]; then
    {
      echo "These packages are missing, and installing them takes root or sudo, which $(id -un) has not:"
      echo "  ${missing[*]}"
      echo "Ask an administrator to run"
      echo "  ${command_line[*]}"
      echo "or, where modules or the like provide them, build by hand as the README says:"
      echo "  cmake --preset release && cmake --build --preset release"
    } >&2
    exit 1
  fi
  as_root=(sudo env DEBIAN_FRONTEND=noninteractive)
fi

echo "Installing missing packages: ${missing[*]}"
# Package lists may be absent (fresh containers) or out of date: fetch them when the first attempt fails.
if ! "${as_root[@]}" "${command_line[@]}" "${waiting[@]}" >/dev/null 2>&1; then
  "${as_root[@]}" apt-get update -q
  "${as_root[@]}" "${command_line[@]}" "${waiting[@]}"
fi
