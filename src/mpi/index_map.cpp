/// Which rows of others a rank knows.
#include "mpi/index_map.hpp"

namespace distsne {

IndexMap::IndexMap(const RowPartition& owners, Rank rank, std::span<const CompactIndex> named)
    : owners_(owners), first_(owners.begin(rank)), own_(static_cast<std::size_t>(owners.size(rank))) {
  constexpr std::size_t least_gathered = 65536;
  const GlobalIndex end = owners.end(rank);
  std::size_t settled = 0;
  const auto settle = [&] {
    std::sort(ghosts_.begin(), ghosts_.end());
    ghosts_.erase(std::unique(ghosts_.begin(), ghosts_.end()), ghosts_.end());
    settled = ghosts_.size();
  };
  for (const CompactIndex row : named) {
    if (row < first_ || row >= end) {
      ghosts_.push_back(row);
      if (ghosts_.size() > 2 * settled + least_gathered) {  // most rows are named again and again
        settle();
      }
    }
  }
  settle();
}

}  // namespace distsne
