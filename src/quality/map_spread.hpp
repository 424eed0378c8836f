/// How far the places of a row lie apart in several maps.
#pragma once

#include <span>
#include <vector>

#include "distsne/data/matrix.hpp"
#include "distsne/mpi/communicator.hpp"
#include "quality/procrustes.hpp"

namespace distsne {

struct MapSpread {
  /// Of each row of this rank, in units of the first map: the root mean square distance of its places in the maps that
  /// have it from their mean, once all are laid on the first by rotation, reflection, scale and shift. NaN where fewer
  /// than two maps have it.
  std::vector<double> of_row;
  std::vector<Similarity> onto_first;  ///< of each map; of the first, the one that leaves all as it is
  double overall = 0.0;                ///< root mean square over the rows that have one; NaN without any
};

/// Collective. Of maps of the same rows, partition and dimensions, the first of which has all rows; others may lack
/// some (NaN). A map that shares no more rows with the first than it has dimensions squared cannot be laid on it, and
/// is left out. `weights`, on all ranks or none, say how many equal points each row stands for, which count as often
/// where maps are laid on the first, and in `overall`; empty: 1 each. O(rows x maps), with sums that are exact: the
/// same bits for any number of ranks.
template <class Real>
[[nodiscard]] MapSpread spread_of_maps(const Communicator& comm, const std::vector<const Embedding<Real>*>& maps,
                                       std::span<const double> weights = {});

extern template MapSpread spread_of_maps(const Communicator&, const std::vector<const Embedding<float>*>&,
                                         std::span<const double>);
extern template MapSpread spread_of_maps(const Communicator&, const std::vector<const Embedding<double>*>&,
                                         std::span<const double>);

}  // namespace distsne
