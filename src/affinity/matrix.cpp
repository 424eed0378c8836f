/// Checking a square matrix, and making affinities of it.
#include "affinity/matrix.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <numeric>

#include "affinity/finish.hpp"
#include "affinity/joint.hpp"
#include "affinity/neighbor_row.hpp"
#include "affinity/row_groups.hpp"
#include "mpi/agreement.hpp"
#include "mpi/interruption.hpp"

namespace distsne {
namespace {

/// The entries of a local row.
template <class Matrix>
std::pair<std::size_t, std::size_t> entries_of(const Matrix& matrix, std::size_t row) {
  return {static_cast<std::size_t>(matrix.begin[row]), static_cast<std::size_t>(matrix.begin[row + 1])};
}

/// What is wrong with a local row, or nothing.
template <class Real>
std::string defect_of(const SparseMatrix<Real>& matrix, std::size_t row, const char* what) {
  const auto [begin, end] = entries_of(matrix, row);
  for (std::size_t e = begin; e < end; ++e) {
    if (static_cast<GlobalIndex>(matrix.column[e]) >= matrix.rows()) {
      return fmt::format("column {} is not one of {} rows", matrix.column[e], matrix.rows());
    }
    if (e > begin && matrix.column[e] <= matrix.column[e - 1]) {
      return "columns do not rise";
    }
    if (!(matrix.values[e] >= Real{0}) || !std::isfinite(matrix.values[e])) {
      return fmt::format("the value in column {} is {}: {} are finite and at least 0", matrix.column[e],
                         matrix.values[e], what);
    }
  }
  return "";
}

template <class Real>
void require_usable(const Communicator& comm, const SparseMatrix<Real>& matrix, const std::string& place,
                    const char* what) {
  const auto count = static_cast<std::size_t>(matrix.local_rows());
  require_everywhere(comm, matrix.columns == matrix.rows() && matrix.rows() >= 2,
                     fmt::format("{} is {} x {}: a square matrix with a row and a column for each of 2 or more rows is "
                                 "wanted",
                                 place, matrix.rows(), matrix.columns));
  const bool whole = matrix.begin.size() == count + 1 && matrix.begin.front() == 0 &&
                     std::is_sorted(matrix.begin.begin(), matrix.begin.end()) &&
                     matrix.begin.back() == std::ssize(matrix.values) && matrix.column.size() == matrix.values.size();
  require_everywhere(comm, whole, fmt::format("{}: its lists do not fit each other", place));
  std::string defect;
  for (std::size_t row = 0; row < count && defect.empty(); ++row) {
    defect = defect_of(matrix, row, what);
    if (!defect.empty()) {
      defect = fmt::format("{}, row {} (counted from 0): {}", place, matrix.first_row() + static_cast<GlobalIndex>(row),
                           defect);
    }
  }
  require_everywhere(comm, defect.empty(), defect);
}

/// Throws Error everywhere where a row has no entries.
template <class Rows>
void require_filled(const Communicator& comm, const Rows& rows, const std::string& place, const char* missing) {
  const auto empty = std::adjacent_find(rows.begin.begin(), rows.begin.end());
  const GlobalIndex row = rows.first_row() + (empty - rows.begin.begin());
  require_everywhere(
      comm, empty == rows.begin.end(),
      fmt::format("{}, row {} (counted from 0) has no {}: nothing says where it belongs; give it some, or "
                  "leave it out",
                  place, row, missing));
}

/// Leaves out what does not count in place: entries of rows with themselves and, where `zeros`, zeros. Returns of how
/// many rows of all ranks the first was taken.
template <class Real>
GlobalIndex strip(const Communicator& comm, SparseMatrix<Real>& matrix, bool zeros) {
  std::size_t kept = 0;
  std::int64_t on_diagonal = 0;
  std::size_t begin = 0;
  for (std::size_t row = 0; row + 1 < matrix.begin.size(); ++row) {
    const auto end = static_cast<std::size_t>(matrix.begin[row + 1]);
    const auto self = static_cast<CompactIndex>(matrix.first_row() + static_cast<GlobalIndex>(row));
    for (std::size_t e = begin; e < end; ++e) {
      if (matrix.column[e] == self) {
        on_diagonal += matrix.values[e] > Real{0} ? 1 : 0;
      } else if (!zeros || matrix.values[e] > Real{0}) {
        matrix.column[kept] = matrix.column[e];
        matrix.values[kept++] = matrix.values[e];
      }
    }
    begin = end;
    matrix.begin[row + 1] = static_cast<std::int64_t>(kept);
  }
  matrix.column.resize(kept);
  matrix.values.resize(kept);
  return comm.sum(on_diagonal);
}

std::uint64_t mixed(
    std::uint64_t key) {  // Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators"
  key = (key ^ (key >> 30U)) * 0xBF58476D1CE4E5B9U;
  key = (key ^ (key >> 27U)) * 0x94D049BB133111EBU;
  return key ^ (key >> 31U);
}

/// Whether every entry is there the other way round, too: a sum over all entries of a number that is made of (row,
/// column, value) is then that of (column, row, value). Of another matrix the sums differ but for one in 2^64.
template <class Real>
bool is_symmetric(const Communicator& comm, const SparseMatrix<Real>& matrix) {
  const auto count = static_cast<std::size_t>(matrix.local_rows());
  std::vector<std::uint64_t> difference(count, 0);
  for_row_groups(count, [&](std::size_t first, std::size_t last) {
    for (std::size_t row = first; row < last; ++row) {
      const auto own = static_cast<std::uint64_t>(matrix.first_row()) + row;
      const auto [begin, end] = entries_of(matrix, row);
      for (std::size_t e = begin; e < end; ++e) {
        const std::uint64_t other = matrix.column[e];
        const std::uint64_t value = mixed(std::bit_cast<std::uint64_t>(static_cast<double>(matrix.values[e])));
        difference[row] += mixed(value + (own << 32U | other)) - mixed(value + (other << 32U | own));
      }
    }
  });
  const std::uint64_t own = std::accumulate(difference.begin(), difference.end(), std::uint64_t{0});
  return comm.sum(static_cast<std::int64_t>(own)) == 0;
}

/// The sum of each local row.
template <class Real>
std::vector<double> row_sums(const SparseMatrix<Real>& matrix) {
  std::vector<double> sums(static_cast<std::size_t>(matrix.local_rows()), 0.0);
  for_row_groups(sums.size(), [&](std::size_t first, std::size_t last) {
    for (std::size_t row = first; row < last; ++row) {
      const auto [begin, end] = entries_of(matrix, row);
      for (std::size_t e = begin; e < end; ++e) {
        sums[row] += static_cast<double>(matrix.values[e]);
      }
    }
  });
  return sums;
}

double sum_of(const Communicator& comm, const std::vector<double>& rows) {
  const std::array<ExactSum, 1> sum{exact_sum(rows)};
  return comm.sum(std::span<const ExactSum>(sum))[0];
}

/// The same rows with each value times what `factor` has for its row.
template <class Real, class Factor>
SparseRows<Real> scaled(SparseMatrix<Real>&& matrix, const Factor& factor) {
  SparseRows<Real> rows;
  rows.partition = matrix.partition;
  rows.rank = matrix.rank;
  rows.begin = std::move(matrix.begin);
  rows.columns = std::move(matrix.column);
  rows.values = std::move(matrix.values);
  for_row_groups(static_cast<std::size_t>(rows.local_rows()), [&](std::size_t first, std::size_t last) {
    for (std::size_t row = first; row < last; ++row) {
      const auto [begin, end] = entries_of(rows, row);
      for (std::size_t e = begin; e < end; ++e) {
        rows.values[e] = static_cast<Real>(static_cast<double>(rows.values[e]) * factor(row));
      }
    }
  });
  return rows;
}

/// sum p log p of each local row.
template <class Real>
std::vector<double> p_log_p(const SparseRows<Real>& rows) {
  std::vector<double> sums(static_cast<std::size_t>(rows.local_rows()), 0.0);
  for (std::size_t row = 0; row < sums.size(); ++row) {
    const auto [begin, end] = entries_of(rows, row);
    for (std::size_t e = begin; e < end; ++e) {
      const auto p = static_cast<double>(rows.values[e]);
      sums[row] += p > 0.0 ? p * std::log(p) : 0.0;
    }
  }
  return sums;
}

/// The options for a row with so few neighbors.
AffinityOptions fitted_to_row(const AffinityOptions& options, std::size_t neighbors) {
  AffinityOptions fitted = options;
  const auto most = static_cast<double>(neighbors);
  const auto least = std::min_element(fitted.perplexities.begin(), fitted.perplexities.end());
  if (*least >= most) {
    fitted.kind = AffinityKind::uniform;
  }
  for (double& perplexity : fitted.perplexities) {
    perplexity = std::min(perplexity, most);
  }
  return fitted;
}

/// The k nearest of a row, by rising distance.
template <class Real>
struct Nearest {
  std::vector<std::pair<Real, CompactIndex>> all;
  std::vector<CompactIndex> neighbors;
  std::vector<Real> distances;

  void choose(const SparseMatrix<Real>& matrix, std::size_t row, std::size_t k) {
    const auto [begin, end] = entries_of(matrix, row);
    all.clear();
    for (std::size_t e = begin; e < end; ++e) {
      all.emplace_back(matrix.values[e], matrix.column[e]);
    }
    std::sort(all.begin(), all.end());
    all.resize(std::min(all.size(), k));
    neighbors.clear();
    distances.clear();
    for (const auto& [distance, neighbor] : all) {
      neighbors.push_back(neighbor);
      distances.push_back(distance);
    }
  }
};

}  // namespace

template <class Real>
MatrixAffinities<Real> given_affinities(const Communicator& comm, SparseMatrix<Real>&& matrix, bool of_each_row,
                                        const std::string& place) {
  constexpr const char* none = "affinity above 0 with another row";
  require_usable(comm, matrix, place, "affinities");
  MatrixAffinities<Real> result;
  result.on_diagonal = strip(comm, matrix, true);
  if (of_each_row) {
    require_filled(comm, matrix, place, none);
  }
  result.symmetric = is_symmetric(comm, matrix);
  stop_if_asked(comm);
  const std::vector<double> sums = row_sums(matrix);
  ConditionalAffinities<Real> conditional;  // where rows count as they are, they sum to N together, not to 1 each
  if (of_each_row) {
    SparseRows<Real> rows = scaled(std::move(matrix), [&](std::size_t row) { return 1.0 / sums[row]; });
    result.conditional_p_log_p = sum_of(comm, p_log_p(rows));
    conditional.rows = std::move(rows);
  } else {
    const double total = sum_of(comm, sums);
    require_everywhere(comm, total > 0.0, fmt::format("{} has no {}", place, none));
    const double factor = static_cast<double>(matrix.rows()) / total;
    conditional.rows = scaled(std::move(matrix), [&](std::size_t) { return factor; });
  }
  result.joint = joint_affinities(comm, std::move(conditional));
  require_filled(comm, std::get<SparseRows<Real>>(result.joint.rows), place, none);
  return result;
}

template <class Real>
ConditionalAffinities<Real> affinities_of_distances(const Communicator& comm, SparseMatrix<Real>&& matrix, LocalIndex k,
                                                    const AffinityOptions& options, const std::string& place) {
  require_usable(comm, matrix, place, "distances");
  strip(comm, matrix, false);
  require_filled(comm, matrix, place, "neighbors");
  require_affinities_fit(comm, options, matrix.rows(), k);
  const auto count = static_cast<std::size_t>(matrix.local_rows());
  SparseRows<Real> rows;
  rows.partition = matrix.partition;
  rows.rank = matrix.rank;
  rows.begin.assign(count + 1, 0);
  for (std::size_t row = 0; row < count; ++row) {
    rows.begin[row + 1] = rows.begin[row] + std::min<std::int64_t>(k, matrix.begin[row + 1] - matrix.begin[row]);
  }
  rows.columns = unset_entries<CompactIndex>(static_cast<std::size_t>(rows.begin.back()));
  rows.values = unset_entries<Real>(static_cast<std::size_t>(rows.begin.back()));
  const bool of_perplexity = options.kind == AffinityKind::perplexity;
  const double largest =
      of_perplexity ? *std::max_element(options.perplexities.begin(), options.perplexities.end()) : 0.0;
  std::vector<PerplexityRow> found(count);
  for_row_groups(
      count,
      [&](std::size_t first, std::size_t last) {
        NeighborRow<Real> row;
        Nearest<Real> nearest;
        for (std::size_t i = first; i < last; ++i) {
          nearest.choose(matrix, i, static_cast<std::size_t>(k));
          const std::size_t neighbors = nearest.neighbors.size();
          const auto at = static_cast<std::size_t>(rows.begin[i]);
          const bool few = of_perplexity && largest > static_cast<double>(neighbors);
          found[i] = row.fill(
              std::span<const CompactIndex>(nearest.neighbors), std::span<const Real>(nearest.distances),
              few ? fitted_to_row(options, neighbors) : options, rows.columns.data() + at, rows.values.data() + at);
        }
      },
      [&](std::size_t last) {
        release_front(matrix.column, static_cast<std::size_t>(matrix.begin[last]));
        release_front(matrix.values, static_cast<std::size_t>(matrix.begin[last]));
      });
  stop_if_asked(comm);
  std::int64_t few = 0;
  for (std::size_t row = 0; row < count; ++row) {
    few += largest > static_cast<double>(rows.begin[row + 1] - rows.begin[row]) ? 1 : 0;
  }
  ConditionalAffinities<Real> result = finished_conditional(comm, AffinityRows<Real>(std::move(rows)), found);
  result.few_neighbors = comm.sum(few);
  return result;
}

template MatrixAffinities<float> given_affinities(const Communicator&, SparseMatrix<float>&&, bool, const std::string&);
template MatrixAffinities<double> given_affinities(const Communicator&, SparseMatrix<double>&&, bool,
                                                   const std::string&);
template ConditionalAffinities<float> affinities_of_distances(const Communicator&, SparseMatrix<float>&&, LocalIndex,
                                                              const AffinityOptions&, const std::string&);
template ConditionalAffinities<double> affinities_of_distances(const Communicator&, SparseMatrix<double>&&, LocalIndex,
                                                               const AffinityOptions&, const std::string&);

}  // namespace distsne
