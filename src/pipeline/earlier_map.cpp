/// Finding the rows of an earlier map again, and telling how far they have moved.
#include "pipeline/earlier_map.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "io/map_file.hpp"
#include "io/map_rows.hpp"
#include "io/saved_file.hpp"
#include "mpi/agreement.hpp"
#include "mpi/row_exchange.hpp"

namespace distsne {
namespace {

/// For each row of this rank the row of the earlier map that is the same; no_row for new ones.
std::vector<GlobalIndex> find_common(const Communicator& comm, const Config& config, const std::string& path,
                                     const InputDescription& labels, const RowPartition& even, bool& by_name) {
  std::vector<GlobalIndex> same;
  attempt_on_root(comm, [&] {
    const MapRowNames earlier = read_map_row_names(path, config.by);
    const std::vector<std::string> names = read_row_names(labels, config.by);
    by_name = !earlier.names.empty() && !names.empty();
    same = common_rows({path, earlier.rows, earlier.names}, {labels.path, even.rows(), names});
  });
  by_name = comm.broadcast_value(by_name);
  const RowPartition of_root(comm.all_gather(comm.is_root() ? even.rows() : GlobalIndex{0}));
  std::vector<GlobalIndex> own(static_cast<std::size_t>(even.size(comm.rank())));
  std::vector<GlobalIndex> wanted(own.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    wanted[i] = even.begin(comm.rank()) + static_cast<GlobalIndex>(i);
  }
  RowExchange::fetch(comm, of_root, wanted)
      .move(comm, std::span<const GlobalIndex>(same), 1, std::span<GlobalIndex>(own));
  return own;
}

/// The same for any partition.
std::uint64_t checksum_of(const Communicator& comm, const EarlierMap& earlier) {
  const Embedding<double>& places = earlier.places;
  const std::vector<double> known(earlier.known.begin(), earlier.known.end());
  const std::uint64_t own = checksum(std::span<const double>(places.values), places.first_row() * places.columns) +
                            3 * checksum(std::span<const double>(known), places.first_row());
  return static_cast<std::uint64_t>(comm.sum(static_cast<std::int64_t>(own)));
}

}  // namespace

EarlierMap read_earlier_map(const Communicator& comm, const Config& config, const InputDescription& labels,
                            GlobalIndex rows) {
  EarlierMap earlier;
  earlier.fixed = config.align.empty();
  earlier.path = earlier.fixed ? config.fix : config.align;
  const char* const option = earlier.fixed ? "--fix" : "--align";
  const MapDescription map = describe_map(comm, earlier.path);
  require_everywhere(comm, map.finished,
                     fmt::format("{} '{}' is the map of a run that was stopped before its end: finish it first", option,
                                 earlier.path));
  require_everywhere(comm, map.embedding.columns == config.objective.dims,
                     fmt::format("{} '{}' is a map of {} dimensions, and --dims is {}: they must be as many", option,
                                 earlier.path, map.embedding.columns, config.objective.dims));
  earlier.rows = map.embedding.rows;
  const RowPartition even(rows, comm.size());
  const std::vector<GlobalIndex> same = find_common(comm, config, earlier.path, labels, even, earlier.by_name);
  earlier.known.resize(same.size());
  std::vector<GlobalIndex> wanted;
  for (std::size_t i = 0; i < same.size(); ++i) {
    earlier.known[i] = same[i] == no_row ? 0 : 1;
    if (same[i] != no_row) {
      wanted.push_back(same[i]);
    }
  }
  earlier.common = comm.sum(std::int64_t{std::ssize(wanted)});
  require_everywhere(comm, earlier.common > 0,
                     fmt::format("{} '{}' has no row of '{}': none of its names is among those of the input", option,
                                 earlier.path, labels.path));
  const auto whole = read_matrix<double>(comm, map.embedding);
  const auto dims = static_cast<std::size_t>(whole.columns);
  std::vector<double> found(wanted.size() * dims);
  RowExchange::fetch(comm, whole.partition, wanted)
      .move(comm, std::span<const double>(whole.values), dims, std::span<double>(found));
  const bool held = !earlier.fixed || config.precision == Precision::full ||
                    std::all_of(found.begin(), found.end(),
                                [](double place) { return static_cast<double>(static_cast<float>(place)) == place; });
  require_everywhere(
      comm, held,
      fmt::format("--fix '{}' has places that 32 bits do not hold: --precision double keeps them", earlier.path));
  earlier.places = Embedding<double>(even, comm.rank(), whole.columns);
  std::size_t next = 0;
  for (std::size_t i = 0; i < same.size(); ++i) {
    if (earlier.known[i] != 0) {
      std::copy_n(found.begin() + static_cast<std::ptrdiff_t>(next), dims,
                  earlier.places.values.begin() + static_cast<std::ptrdiff_t>(i * dims));
      next += dims;
    }
  }
  earlier.checksum = checksum_of(comm, earlier);
  return earlier;
}

template <class Real>
Drift drift_of(const Communicator& comm, const EarlierMap& earlier, const Embedding<Real>& map) {
  const auto dims = static_cast<std::size_t>(map.columns);
  Drift drift;
  drift.map = earlier.path;
  drift.rows = earlier.common;
  std::vector<double> squares(earlier.known.size(), 0.0);
  std::vector<ExactSum> sums(dims + 2);  // coordinates, their squares, squared distances
  for (std::size_t i = 0; i < earlier.known.size(); ++i) {
    if (earlier.known[i] == 0) {
      drift.of_row.push_back(std::numeric_limits<double>::quiet_NaN());
      continue;
    }
    double square = 0.0;
    for (std::size_t m = 0; m < dims; ++m) {
      const double there = earlier.places.values[i * dims + m];
      square += std::pow(static_cast<double>(map.values[i * dims + m]) - there, 2);
      sums[m].add(there);
      sums[dims].add(there * there);
    }
    sums[dims + 1].add(square);
    drift.of_row.push_back(std::sqrt(square));
    drift.most = std::max(drift.most, drift.of_row.back());
  }
  drift.most = comm.max(drift.most);
  const std::vector<double> total = comm.sum(std::span<const ExactSum>(sums));
  const auto rows = static_cast<double>(earlier.common);
  double variance = total[dims] / rows;
  for (std::size_t m = 0; m < dims; ++m) {
    variance -= std::pow(total[m] / rows, 2);
  }
  drift.spread = std::sqrt(std::max(0.0, variance));
  drift.mean = std::sqrt(total[dims + 1] / rows);
  return drift;
}

std::string common_text(const EarlierMap& earlier) {
  return fmt::format("earlier map: {} of {} rows are in {}, by their {}; {} are new", earlier.common,
                     earlier.places.rows(), earlier.path, earlier.by_name ? "names" : "order",
                     earlier.places.rows() - earlier.common);
}

std::string drift_text(const Drift& drift) {
  const std::string relative = drift.spread > 0.0 ? fmt::format(" ({:.2g} % and {:.2g} % of the spread of {:.4g})",
                                                                100.0 * drift.mean / drift.spread,
                                                                100.0 * drift.most / drift.spread, drift.spread)
                                                  : std::string();
  return fmt::format("{} rows of {} have moved by {:.3g} map units (root mean square), {:.3g} at most{}", drift.rows,
                     drift.map, drift.mean, drift.most, relative);
}

template Drift drift_of(const Communicator&, const EarlierMap&, const Embedding<float>&);
template Drift drift_of(const Communicator&, const EarlierMap&, const Embedding<double>&);

}  // namespace distsne
