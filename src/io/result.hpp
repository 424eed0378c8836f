/// The result file: writing it from all ranks, reading it back for a picture.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "distsne/data/matrix.hpp"
#include "distsne/data/run_record.hpp"
#include "distsne/mpi/communicator.hpp"
#include "io/input.hpp"

namespace distsne {

/// Version of the layout below, in the attribute format_version of every result.
inline constexpr int result_format_version = 1;

/// Collective. Throws Error everywhere (bad input) when `path` cannot become a file: its directory is missing or not
/// writable, it is a directory, a device or write-protected, or it is the file `input`. Leaves nothing behind.
void require_writable(const Communicator& comm, const std::string& path, const std::string& input);

/// Further maps of a run that computes several.
template <class Real>
struct FurtherMaps {
  struct One {
    Embedding<Real> map;             ///< of all rows; NaN for those that it lacks
    std::uint64_t seed = 0;          ///< of its run
    std::vector<double> perplexity;  ///< several are averaged; empty where there is none
    GlobalIndex rows = 0;            ///< that it has
    int bootstrap = 0;               ///< which of the bootstraps it is, from 1 on; 0: none
    double kl = 0.0;                 ///< at its end
    std::int64_t iterations = 0;
    std::string ending;
    double residual = 0.0;  ///< from the first, root mean square, once it is laid on that
  };
  std::vector<One> maps;
  std::vector<float> spread;  ///< of this rank's rows over all maps; empty: there is one map only
};

/// Collective. Writes the result as `path`.partial, flushes it and renames it, so that `path` is either the whole
/// result or what it was before. Layout:
///   /embedding                N x M, float32 or float64
///   /NAME                     what the input tells about each row (labels, ids, ...). From a plain HDF5 file every 1-D
///                             dataset with N entries from the input's group, as it was, unless it is called embedding,
///                             history, pca or timings. From other files numbers of 64 bits, or words in UTF-8, padded
///                             with zeros; /row_names is what the file calls its rows. Words that are categories have
///                             the attribute `categories`: the different words in their order, and where the input has
///                             colors for them, the attribute `colors`: one "#rrggbb" for each of those categories
///   /history/{iteration, kl, gradient_norm, force_error, exaggeration}   one entry per measurement
///   /pca/explained_variance_ratio   share of the variance along each axis, where rows were reduced
///   /snapshots/{iteration, low, high, steps}   the map after some iterations, where they were asked for: iteration of
///                             each; steps N x (snapshots x M), uint16; coordinates of the steps 0 and 65535 in low and
///                             high, of each snapshot and in it of each dimension
///   /pca/{axes, mean}         the axes as rows, and the means of the columns; not in a run that was gone on with
///   /ensemble/maps/NUMBER     N x M: further maps of a run that computes several, from 2 on, with the attributes seed,
///                             perplexity (of all where several are averaged), rows, bootstrap (0: of all rows), kl,
///                             iterations, ending and residual; NaN where a map lacks a row
///   /spread                   N, float32: how far the places of each row lie apart in all maps, where there are
///   several /timings/{phase, min, mean, max}                        seconds over the ranks /drift N, float64: distance
///   of each row from its place in the earlier map, NaN for new rows;
///                             where there is such a map
///   attributes of /           format, format_version, version, commit, method, seed, ranks, threads, instruction_set,
///                             input, config, iterations (updates made), finished (0: stopped early), ending
///                             (converged, iterations, cap or stopped), kl_fall (relative, per iteration, at the end),
///                             recoveries (from divergence), flat (1: an axis has no spread), changes (of options on
///                             the way, a line each), neighbors (of each row), recall (theirs, measured),
///                             peak_memory_{min, mean, max} (bytes per rank); of an earlier map: earlier_map (the
///                             file), earlier_rows (found again), earlier_spread (theirs there, root mean square),
///                             drift_rms and drift_most (of these, in map units)
/// Throws Error everywhere (I/O) when writing fails.
template <class Real>
void write_result(const Communicator& comm, const std::string& path, const Embedding<Real>& map,
                  const InputDescription& input, const RunRecord& record, const FurtherMaps<Real>& further = {});

/// A result as the picture needs it.
struct ResultPicture {
  GlobalIndex rows = 0;
  int dims = 0;
  std::vector<float> embedding;          ///< rows x dims, row-major
  std::string label_name;                ///< empty without labels
  std::vector<double> numeric_labels;    ///< rows values when the labels are numbers
  std::vector<std::string> text_labels;  ///< rows values when they are strings
  /// Colors "#rrggbb" that come with labels, by their words: the attributes `categories` and `colors` of the dataset,
  /// which have as many entries.
  std::map<std::string, std::string> colors;
  std::string method;  ///< as in the attribute; empty when the file does not say
};

/// In place of a dataset's name: no labels.
inline constexpr const char* no_labels = "none";

/// One process. Reads /embedding and the labels: the dataset `labels`, or where that is empty one that suits: with a
/// usual name such as cell_type, labels or cluster; else classes, else numbers; never names of rows.
/// Throws Error (bad input) when there is no embedding, or no such labels.
[[nodiscard]] ResultPicture read_result(const std::string& path, const std::string& labels);

extern template void write_result(const Communicator&, const std::string&, const Embedding<float>&,
                                  const InputDescription&, const RunRecord&, const FurtherMaps<float>&);
extern template void write_result(const Communicator&, const std::string&, const Embedding<double>&,
                                  const InputDescription&, const RunRecord&, const FurtherMaps<double>&);

}  // namespace distsne
