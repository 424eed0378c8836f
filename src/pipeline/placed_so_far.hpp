/// What transform keeps of a run that does not come to its end.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "distsne/mpi/communicator.hpp"
#include "io/map_file.hpp"

namespace distsne {

/// Rows of a rank that stand next to each other, counted from its first.
struct RowRange {
  GlobalIndex begin = 0;
  GlobalIndex end = 0;
};

/// The rows that are placed, in a file from which the same command goes on, on any number of ranks. Member functions
/// are collective, but for missing() and done().
class PlacedSoFar {
 public:
  struct Options {
    std::string path;              ///< empty: nothing is kept
    double seconds_between = 0.0;  ///< between two files
    bool restart = false;          ///< what an earlier run has left is removed
    bool quiet = false;            ///< says nothing of what is found
    nlohmann::json identity;       ///< what makes a run the same as another, by the words that say what has changed
    std::size_t classes = 0;       ///< that labels number; 0: rows have none
  };
  /// Takes what an earlier run has left into `placed`, whose arrays have their full length. Throws Error everywhere
  /// (bad input) when it was another run; a damaged file is left aside with a note.
  PlacedSoFar(const Communicator& comm, Options options, PlacedRows& placed);

  /// Rows of this rank that are not placed yet, in parts of at most so many.
  [[nodiscard]] std::vector<RowRange> missing(GlobalIndex at_most) const;
  void done(RowRange rows);
  /// Rows of all ranks that are placed.
  [[nodiscard]] GlobalIndex placed_rows() const;

  /// Writes the file, or does so when it is time to.
  void keep(const PlacedRows& placed);
  void keep_when_due(const PlacedRows& placed);
  void remove() const;

  /// What to add to the error of a run that is stopped.
  [[nodiscard]] std::string remedy() const;

 private:
  void take(PlacedRows& placed);
  [[nodiscard]] GlobalIndex own_rows() const { return partition_.size(comm_.rank()); }

  const Communicator& comm_;
  Options options_;
  RowPartition partition_;
  std::vector<RowRange> done_;  // rising, apart from each other
  double last_kept_;
};

}  // namespace distsne
