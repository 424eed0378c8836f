/// Classes of the rows.
#pragma once

#include <string>
#include <vector>

#include "distsne/base/types.hpp"
#include "distsne/mpi/partition.hpp"

namespace distsne {

/// A class for each row; the classes are the same on all ranks.
struct ClassLabels {
  RowPartition partition;
  std::string name;                  ///< of the dataset
  std::vector<std::string> classes;  ///< in rising order: numbers by value, words by their bytes
  std::vector<std::int32_t>
      of_row;  ///< of the rows of this rank: place among the classes; -1: none (an empty word, NaN)
};

}  // namespace distsne
