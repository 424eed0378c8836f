/// How fast this machine is, by two short measurements.
#pragma once

#include "distsne/mpi/communicator.hpp"

namespace distsne {

/// Rates of one core while all the cores that are to work do: the program's work is bound by either.
struct MachineRates {
  double pairs = 0.0;  ///< kernels of pairs of points a second (the exact field in two dimensions, float): arithmetic
  double bytes = 0.0;  ///< bytes read from memory a second
};

/// The rates of the machine that the coefficients of predictions were measured on: a core of an AVX-512 processor (AMD
/// Zen 5), both of two cores at work.
inline constexpr MachineRates reference_rates{12.8e9, 17.0e9};

/// Collective. Measures for some hundredths of a second, on all threads of all ranks at once; the slowest rank's rates.
[[nodiscard]] MachineRates measure_machine(const Communicator& comm);

}  // namespace distsne
