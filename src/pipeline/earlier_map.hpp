/// An earlier map of rows that are among those of a run: to be held near, or where it is.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "distsne/data/run_record.hpp"
#include "distsne/mpi/communicator.hpp"
#include "pipeline/config.hpp"

namespace distsne {

/// Rows are those of the run, in the order of the input, over even blocks.
struct EarlierMap {
  std::string path;
  bool fixed = false;               ///< its rows keep their places to the bit; else they are held near them
  bool by_name = false;             ///< how common rows were found; else by their order
  GlobalIndex rows = 0;             ///< of the earlier map
  GlobalIndex common = 0;           ///< rows that both have
  Embedding<double> places;         ///< of common rows; 0 for new ones
  std::vector<std::uint8_t> known;  ///< of each row of this rank: 1 where it is a common one
  std::uint64_t checksum = 0;       ///< of both
};

/// Collective. Reads the map of --align or --fix, and finds its rows among those that `labels` tells the names of, of
/// which there are `rows`. Names are compared on one process. Throws Error everywhere: bad input when the file is no
/// map, one of a run that was stopped, of another number of dimensions, or without a common row, when names repeat,
/// and when the precision of the run does not hold the places of --fix.
[[nodiscard]] EarlierMap read_earlier_map(const Communicator& comm, const Config& config,
                                          const InputDescription& labels, GlobalIndex rows);

/// Collective. How far the common rows of a map, in the order of the input over even blocks, are from their places.
template <class Real>
[[nodiscard]] Drift drift_of(const Communicator& comm, const EarlierMap& earlier, const Embedding<Real>& map);

/// Which rows were found again, for the log.
[[nodiscard]] std::string common_text(const EarlierMap& earlier);

/// What a drift was, for the log.
[[nodiscard]] std::string drift_text(const Drift& drift);

extern template Drift drift_of(const Communicator&, const EarlierMap&, const Embedding<float>&);
extern template Drift drift_of(const Communicator&, const EarlierMap&, const Embedding<double>&);

}  // namespace distsne
