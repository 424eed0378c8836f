/// Everything that a run of `distsne embed` depends on: the options of its map, and those of files, time and machine.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "distsne/base/words.hpp"
#include "distsne/pipeline/map_options.hpp"
#include "io/input.hpp"
#include "pipeline/ensemble_options.hpp"

namespace distsne {

/// Type of points and affinities. Sums over rows are kept in double or integers with either.
enum class Precision { single, full };

inline constexpr Word<Precision> precision_words[] = {{"float", Precision::single}, {"double", Precision::full}};

/// How much the run says on standard error.
enum class Verbosity { quiet, normal, verbose };

/// Files, time and machine of a run beside the options of its map.
struct Config : MapOptions {
  InputOptions input;
  std::string output;
  std::string graph;         ///< file with neighbors that are not to be looked for; empty: none
  EnsembleOptions ensemble;  ///< of several maps, by `complete`, seed and perplexity are those of the first
  std::string weights;       ///< what the input calls the weights of its rows; empty: they have none
  InputOptions initial_map;  ///< the file and dataset of --init FILE, by `complete`
  std::string align;         ///< an earlier map that rows are held near; empty: none
  std::string fix;           ///< an earlier map whose rows keep their places; empty: none
  std::string by;            ///< the dataset that tells which rows are the same; empty: row_names

  std::string checkpoint = "auto";   ///< file; auto: beside the output; off: none
  double checkpoint_every = 900.0;   ///< seconds between two
  std::optional<double> time_limit;  ///< seconds after which the run stops in good order; empty: none
  bool time_limit_of_job = true;     ///< take the limit that the batch system announces, where there is one
  bool restart = false;              ///< do not go on from a checkpoint
  bool resume_with_changes = false;  ///< go on from it with other options of the course of the iterations

  Precision precision = Precision::single;
  std::optional<double> memory;  ///< bytes that the ranks of a host may take together; empty: what is available there
  bool dry_run = false;          ///< say what the run would take, and stop
  int snapshots = 0;             ///< iterations between two snapshots of the map that the result keeps; 0: none
  std::string live;              ///< picture that is rewritten while the map takes shape; empty: none
  std::string log_json;          ///< file that the log is written to for programs; empty: none
  Verbosity verbosity = Verbosity::normal;
  std::string text;  ///< all options as --config reads them
};

}  // namespace distsne
