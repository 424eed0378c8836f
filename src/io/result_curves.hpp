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

/// The map after some iterations.
struct ResultSnapshots {
  std::int64_t rows = 0;
  int dims = 0;
  std::vector<std::int64_t> iteration;
  std::vector<double> low;  ///< of each snapshot and in it of each dimension
  std::vector<double> high;
  std::vector<std::uint16_t> steps;  ///< rows x (snapshots x dims)

  /// The map of a snapshot: rows x dims coordinates.
  [[nodiscard]] std::vector<float> map(std::size_t snapshot) const;
};

/// One process. Throws Error (bad input) when the result has no snapshots, or they don't fit together.
[[nodiscard]] ResultSnapshots read_snapshots(const std::string& path);

/// One process. Throws Error (bad input) when the file is not a result of distsne embed or has no /history, or columns
/// of different lengths.
[[nodiscard]] ResultHistory read_history(const std::string& path);
/// The same for /timings.
[[nodiscard]] ResultTimings read_timings(const std::string& path);

}  // namespace distsne
