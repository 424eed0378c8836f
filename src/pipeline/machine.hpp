/// How fast this machine is, by two short measurements.
#pragma once

#include "base/cost.hpp"
#include "distsne/mpi/communicator.hpp"

namespace distsne {

/// Collective. Measures for some hundredths of a second, on all threads of all ranks at once; the slowest rank's rates.
[[nodiscard]] MachineRates measure_machine(const Communicator& comm);

}  // namespace distsne
