/// Where the points of the map begin.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "distsne/base/words.hpp"
#include "distsne/data/matrix.hpp"
#include "distsne/mpi/communicator.hpp"

namespace distsne {

/// pca: principal scores; spectral: eigenvectors of the affinities; multilevel: a map of some rows first; earlier: an
/// earlier map of rows that are among these.
enum class InitialMap { pca, random, file, spectral, multilevel, earlier };

/// What is done to the size of a given map.
enum class InitialScale { off, automatic };
inline constexpr Word<InitialScale> scale_words[] = {{"off", InitialScale::off}, {"auto", InitialScale::automatic}};

struct InitializationOptions {
  InitialMap kind = InitialMap::pca;
  InitialScale scale = InitialScale::off;
  /// Standard deviation of the first coordinate, in map units; empty: that of the schedule.
  std::optional<double> spread;
};

/// Share of the spread that is added at random to places that come from the rows.
inline constexpr double initial_jitter = 0.01;

/// Collective. `scores` are the principal scores of the rows of this rank (n x count, row-major, count at most dims).
/// One factor scales all of them, so that the first coordinate has the standard deviation `spread`; a hundredth of that
/// is added at random, so that equal rows don't stay one point for ever. Rows more than 10 deviations out neither count
/// for the factor nor stay so far out, and a tenth is added then; all of it where (nearly) all rows are tied.
template <class Real>
Embedding<Real> initial_from_scores(const Communicator& comm, const RowPartition& partition,
                                    std::span<const double> scores, LocalIndex count, LocalIndex dims, double spread,
                                    std::uint64_t seed);

/// Not collective. Independent normal coordinates with the standard deviation `spread`.
template <class Real>
Embedding<Real> initial_random(const RowPartition& partition, Rank rank, LocalIndex dims, double spread,
                               std::uint64_t seed);

extern template Embedding<float> initial_from_scores(const Communicator&, const RowPartition&, std::span<const double>,
                                                     LocalIndex, LocalIndex, double, std::uint64_t);
extern template Embedding<double> initial_from_scores(const Communicator&, const RowPartition&, std::span<const double>,
                                                      LocalIndex, LocalIndex, double, std::uint64_t);
extern template Embedding<float> initial_random(const RowPartition&, Rank, LocalIndex, double, std::uint64_t);
extern template Embedding<double> initial_random(const RowPartition&, Rank, LocalIndex, double, std::uint64_t);

}  // namespace distsne
