/// A map that embed has written, as later commands read and extend it.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "data/labels.hpp"
#include "distsne/data/matrix.hpp"
#include "distsne/mpi/communicator.hpp"
#include "io/input.hpp"

namespace distsne {

/// What a result file says about the map in it.
struct MapDescription {
  InputDescription embedding;
  std::string method;  ///< empty in files that embed has not written
  std::string input;   ///< path:dataset of the rows
  std::string config;  ///< every effective option of its run, as --config reads it
  bool finished = true;
  double kl = 0.0;            ///< the last of its history; NaN without one
  double force_error = 0.0;   ///< of the repulsive forces, as last measured
  GlobalIndex neighbors = 0;  ///< of each row; 0: the file does not tell
};

/// One process. Whether a file has a dataset /embedding. Throws Error (bad input) where it cannot be read.
[[nodiscard]] bool is_map_file(const std::string& path);

/// One process. Whether distsne embed has written the file.
[[nodiscard]] bool is_result(const std::string& path);

/// Collective. Throws Error (bad input) everywhere when the file has no /embedding of 1 to 3 columns.
[[nodiscard]] MapDescription describe_map(const Communicator& comm, const std::string& path);

/// The principal axes that a map's run reduced its rows to.
struct MapAxes {
  GlobalIndex columns = 0;   ///< D of the rows
  std::vector<double> axes;  ///< count x D, row-major; empty: none in the file
  std::vector<double> mean;  ///< D
};

/// Collective. Throws Error everywhere where they cannot be read.
[[nodiscard]] MapAxes read_map_axes(const Communicator& comm, const MapDescription& map);

/// New rows of a map.
struct PlacedRows {
  Embedding<float> map;
  std::vector<float> novelty;       ///< distance to the reference, in units of its own distances
  std::vector<std::int32_t> label;  ///< place among the classes; empty: no labels
  std::vector<float> label_share;   ///< of the neighbors
};

/// Collective. Writes new rows as `path`, which is either whole or what it was:
///   /embedding      N x M, float32
///   /novelty        N, float32
///   /NAME           the class of each row, NAME that of the labels, strings or, where all classes are integers, int64
///   /label_share    N, float32
///   1-D datasets beside the input are carried over as by write_result
///   attributes of /   format, format_version, version, commit, map (the file), input, method
/// Throws Error everywhere (I/O).
void write_placed(const Communicator& comm, const std::string& path, const PlacedRows& rows, const ClassLabels& labels,
                  const InputDescription& input, const MapDescription& map);

/// Collective. The classes of rows by the 1-D dataset `name` beside the matrix, numbers or words; where that is empty,
/// the first that exists of labels, label, y, target, class, cluster, and no classes where none of them does. Throws
/// Error everywhere: bad input where there is no such dataset, or it has more than `most_classes` values.
[[nodiscard]] ClassLabels read_class_labels(const Communicator& comm, const InputDescription& beside,
                                            const std::string& name);
inline constexpr std::size_t most_classes = 10000;

/// A value of every row, or several.
struct MapColumn {
  std::string name;        ///< path in the file, such as quality/trustworthiness_10
  std::vector<float> own;  ///< of the rows of this rank
};

/// Collective. Adds columns to a map's file, in place of those of the same names; the file is copied, extended, flushed
/// and renamed, so that it is whole at any moment. Throws Error everywhere (I/O).
void add_map_columns(const Communicator& comm, const std::string& path, const RowPartition& partition,
                     std::span<const MapColumn> columns);

}  // namespace distsne
