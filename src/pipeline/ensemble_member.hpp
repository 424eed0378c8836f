/// One map of several, and how it is kept until the run is done.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "pipeline/checkpoint.hpp"
#include "pipeline/config.hpp"

namespace distsne {

/// What one map has of its own.
struct Member {
  std::uint64_t seed = 0;
  std::vector<double> perplexities;  ///< as AffinityOptions has them
  int bootstrap = 0;                 ///< 0: of all rows
};

/// In their order: each perplexity with each seed, then the bootstraps.
[[nodiscard]] std::vector<Member> members_of(const Config& config);

/// A map that was computed.
template <class Real>
struct MemberMap {
  Embedding<Real> map;  ///< of all rows in the order of the input; NaN for those that it lacks
  MapRecord record;
  GlobalIndex rows = 0;              ///< that it has
  std::vector<double> perplexities;  ///< that its affinities had
};

/// Collective. A map that an earlier run has kept in this file; empty, with a note, where there is none to use. Throws
/// Error everywhere (bad input) where it is another run's.
template <class Real>
[[nodiscard]] std::optional<MemberMap<Real>> kept_member(FileRun& run, Checkpoint<Real>& checkpoint,
                                                         const std::string& path);

/// Collective. Keeps it; `what` it is, for the log. Throws Error everywhere (I/O).
template <class Real>
void keep_member(const MemberMap<Real>& member, Checkpoint<Real>& checkpoint, const std::string& path,
                 const std::string& what);

}  // namespace distsne
