/// Queries that travel to the ranks that hold the lists they probe, and what they bring home.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "neighbors/lists.hpp"

namespace distsne {

/// Memory for the keys of queries, used again from round to round: fresh memory costs more than the search.
class KeyStore {
 public:
  /// Uninitialized keys that live until the next clear().
  [[nodiscard]] DistanceKey* take(std::size_t count);
  void clear() {
    chunk_ = 0;
    used_ = 0;
  }

 private:
  struct Chunk {
    std::unique_ptr<DistanceKey[]> keys;
    std::size_t size = 0;
  };
  std::vector<Chunk> chunks_;
  std::size_t chunk_ = 0;  // being handed out
  std::size_t used_ = 0;   // keys of it
};

/// Queries of one list, which mostly probe the same lists, and their nearest rows so far.
struct QueryGroup {
  /// Most queries of a group.
  static constexpr LocalIndex most = 192;

  LocalIndex list = 0;               // that the queries belong to
  std::vector<NearestList> nearest;  // one for each query
  /// Squared distances by differences of what was found on other ranks, by key; unordered.
  std::vector<std::vector<std::pair<DistanceKey, float>>> remote;

  struct Visit {
    LocalIndex list;
    std::vector<std::uint16_t> queries;
  };
  std::vector<Visit> visits;

  QueryGroup(std::size_t queries, LocalIndex keep, KeyStore& store);
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
/// scanned on the ranks that hold its pieces. Adds the distances computed to `distances`;
/// `remote_keys` is memory for the queries of other ranks.
void make_visits(const Communicator& comm, const InvertedLists& lists, const SearchMode& mode,
                 std::vector<QueryGroup>& groups, KeyStore& remote_keys, double& distances);

}  // namespace distsne
