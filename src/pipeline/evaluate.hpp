/// The job that judges maps.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "distsne/mpi/communicator.hpp"
#include "pipeline/config.hpp"

namespace distsne {

/// Whether the cost of a map is computed anew from its data.
enum class KlChoice {
  automatic,  ///< up to kl_rows_of_automatic rows
  always,
  never
};
inline constexpr GlobalIndex kl_rows_of_automatic = 200000;

struct EvaluateOptions {
  std::vector<std::string> maps;
  InputOptions input;                    ///< without a path: where the first map says that its rows come from
  std::string labels;                    ///< dataset of the first map's file; empty: a usual name; no_labels: none
  std::optional<Metric> metric;          ///< of distances between rows; empty: that of the first map's run
  std::optional<LocalIndex> components;  ///< principal components that the rows are reduced to; empty: as they are
  /// Rows that are compared with all rows; 0: all up to 50,000, else about 4,000.
  GlobalIndex sample = 0;
  KlChoice kl = KlChoice::automatic;
  /// Find where the maps tear: a perturbation and a singularity score of each row.
  bool reliability = false;
  std::optional<double> perturbation;  ///< length of the moves of rows for that; empty: fitted to the rows
  bool write = false;                  ///< add the figures of each row to the maps' files
  std::string json;                    ///< file for the figures; empty: none
  std::uint64_t seed = 42;
  int threads = 0;  ///< per rank; 0: the cores of the node shared out among its ranks
  bool quiet = false;
  /// The options of a run from the text that its result holds. Throws Error where it cannot be read.
  std::function<Config(const std::string&)> read_config;
};

/// Collective. Judges maps of the same rows and prints a table on rank 0. Throws Error everywhere: bad input is found
/// before anything is computed.
void evaluate(const Communicator& comm, const EvaluateOptions& options);

}  // namespace distsne
