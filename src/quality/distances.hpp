/// How well a map keeps far and near as a whole.
#pragma once

#include <cstdint>

#include "distsne/data/matrix.hpp"
#include "distsne/mpi/communicator.hpp"
#include "quality/estimate.hpp"

namespace distsne {

struct DistanceAgreement {
  Estimate spearman;  ///< rank correlation of the distances of all pairs of sampled rows
  Estimate triplets;  ///< share of random triplets (i, j, l) where |i - j| < |i - l| holds in both or in neither
};

/// Collective. Of about `most` rows drawn by the seed, of all where there are no more; 100,000 triplets of them
/// (Wang, Huang, Rudin and Shaposhnik 2021, "Understanding how dimension reduction tools work", appendix). The margin
/// of a sample's correlation comes from ten parts of it. The sampled rows are brought to rank 0. The same bits for any
/// partition. Both matrices have the same rows on each rank.
[[nodiscard]] DistanceAgreement distance_agreement(const Communicator& comm, const DistributedMatrix<float>& data,
                                                   const Embedding<float>& map, GlobalIndex most, std::uint64_t seed);

/// Not collective. About `wanted` of all rows, drawn by the seed; those of this rank, rising. All where there are no
/// more.
[[nodiscard]] std::vector<LocalIndex> sampled_rows(const RowPartition& partition, Rank rank, GlobalIndex wanted,
                                                   std::uint64_t seed, std::uint32_t draw);

}  // namespace distsne
