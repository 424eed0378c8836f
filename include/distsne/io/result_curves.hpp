/// What a result tells about its run: the history of its iterations, and where its time went.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace distsne {

/// Columns have one entry for each measurement; those that the file lacks are empty.
struct ResultHistory {
  std::vector<double> iteration;
  std::vector<double> kl;
  std::vector<double> gradient_norm;
  std::vector<double> force_error;
  std::vector<double> exaggeration;
};

/// Seconds of each phase over the ranks.
struct ResultTimings {
  std::vector<std::string> phase;
  std::vector<double> min;
  std::vector<double> mean;
  std::vector<double> max;
};

/// One process. Throws Error (bad input) when the file is not a result of distsne embed or has no /history, or columns
/// of different lengths.
[[nodiscard]] ResultHistory read_history(const std::string& path);
/// The same for /timings.
[[nodiscard]] ResultTimings read_timings(const std::string& path);

}  // namespace distsne
