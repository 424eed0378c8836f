/// Queries that travel to the ranks that hold the lists they probe, and what they bring home.
#pragma once

#include <cstdint>
#include <vector>

#include "neighbors/lists.hpp"

namespace distsne {

/// Queries of one list, which mostly probe the same lists, and their nearest rows so far.
struct QueryGroup {
  /// Most queries of a group.
  static constexpr LocalIndex most = 192;

  LocalIndex list = 0;               // that the queries belong to
  std::vector<NearestList> nearest;  // one for each query
  std::vector<DistanceKey> keys;     // their storage
  /// Squared distances by differences of what was found on other ranks, by key; unordered.
  std::vector<std::vector<std::pair<DistanceKey, float>>> remote;

  struct Visit {
    LocalIndex list;
    std::vector<std::uint16_t> queries;
  };
  std::vector<Visit> visits;

  QueryGroup(std::size_t queries, LocalIndex keep);
};

/// How a search measures.
struct SearchMode {
  ScanDistance distance = ScanDistance::expanded;
  float error = 0.0F;  // bound of the error of expanded distances
};

/// Scans the piece of a list that this rank holds. Returns the number of distances computed.
double scan_piece(const InvertedLists& lists, const SearchMode& mode, LocalIndex list,
                  std::span<NearestList* const> queries);

/// Collective. Makes the visits of all groups of all ranks and empties the groups' lists of visits. Each list is
/// scanned on the ranks that hold its pieces. Adds the distances computed to `distances`.
void make_visits(const Communicator& comm, const InvertedLists& lists, const SearchMode& mode,
                 std::vector<QueryGroup>& groups, double& distances);

}  // namespace distsne
