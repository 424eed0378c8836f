/// The rows of an input file, and their checksum.
#pragma once

#include "io/input.hpp"
#include "pipeline/preparation.hpp"

namespace distsne {

/// Collective. Throws Error everywhere, and Stopped, as read_matrix does.
template <class Real>
[[nodiscard]] RawRows<Real> read_raw_rows(const Communicator& comm, const InputDescription& input,
                                          const RowTreatment& treatment);

/// Collective. The same for any partition; never 0.
template <class Real>
[[nodiscard]] std::uint64_t checksum_of(const Communicator& comm, const RawRows<Real>& rows);

}  // namespace distsne
