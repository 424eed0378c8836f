/// Rounds of weighted medians.
#include "embed/new_rows.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>

#include "base/parallel.hpp"
#include "base/random.hpp"
#include "embed/placement.hpp"
#include "mpi/row_exchange.hpp"

namespace distsne {
namespace {

constexpr double jitter = 0.1;  // map units
constexpr double beyond = 0.1;  // of the extent

/// Calls take(column, p) for the affinities of a row of this rank, in an order that does not depend on the partition.
template <class Real, class Take>
void for_each_affinity(const DenseRows<Real>& rows, std::size_t i, const Take& take) {
  const Real* const row = rows.row(static_cast<LocalIndex>(i));
  for (GlobalIndex j = 0; j < rows.partition.rows(); ++j) {
    if (row[j] > Real{0}) {
      take(j, static_cast<double>(row[j]));
    }
  }
}
template <class Real, class Take>
void for_each_affinity(const SparseRows<Real>& rows, std::size_t i, const Take& take) {
  for (std::int64_t e = rows.begin[i]; e < rows.begin[i + 1]; ++e) {
    const auto entry = static_cast<std::size_t>(e);
    if (rows.values[entry] > Real{0}) {
      take(GlobalIndex{rows.columns[entry]}, static_cast<double>(rows.values[entry]));
    }
  }
}

/// The rows that have affinities with some rows of this rank, rising.
template <class Rows>
std::vector<GlobalIndex> named_by(const Rows& affinities, std::span<const std::size_t> rows) {
  std::vector<GlobalIndex> named;
  std::size_t sorted = 0;
  const auto tidy = [&] {
    std::sort(named.begin(), named.end());
    named.erase(std::unique(named.begin(), named.end()), named.end());
    sorted = named.size();
  };
  for (const std::size_t i : rows) {
    for_each_affinity(affinities, i, [&](GlobalIndex j, double /*p*/) { named.push_back(j); });
    if (named.size() > 2 * sorted + (std::size_t{1} << 16U)) {
      tidy();
    }
  }
  tidy();
  return named;
}

/// One call of place_new_rows.
template <class Real, class Rows>
class Placing {
 public:
  Placing(const Communicator& comm, const Rows& affinities, std::span<const std::uint8_t> known, Embedding<Real>& map)
      : comm_(comm),
        affinities_(affinities),
        map_(map),
        dims_(static_cast<std::size_t>(map.columns)),
        placed_(known.begin(), known.end()) {
    for (std::size_t i = 0; i < placed_.size(); ++i) {
      if (placed_[i] == 0) {
        waiting_.push_back(i);
      }
    }
    named_ = named_by(affinities, waiting_);
    plan_ = RowExchange::fetch(comm, map.partition, named_);
  }

  /// Collective. Places the rows that have affinities with placed ones; whether there was any.
  bool round() {
    std::vector<Real> places(named_.size() * dims_);
    std::vector<std::uint8_t> placed(named_.size());
    plan_.move(comm_, std::span<const Real>(map_.values), dims_, std::span<Real>(places));
    plan_.move(comm_, std::span<const std::uint8_t>(placed_), 1, std::span<std::uint8_t>(placed));
    std::vector<std::uint8_t> found(waiting_.size(), 0);
    constexpr std::size_t block = 64;
    parallel_for(static_cast<std::int64_t>(divide_up(waiting_.size(), block)), [&](std::int64_t b) {
      std::vector<double> p;
      std::vector<float> there;
      const std::size_t first = static_cast<std::size_t>(b) * block;
      for (std::size_t w = first; w < std::min(waiting_.size(), first + block); ++w) {
        p.clear();
        there.clear();
        for_each_affinity(affinities_, waiting_[w], [&](GlobalIndex j, double affinity) {
          const auto at = static_cast<std::size_t>(std::lower_bound(named_.begin(), named_.end(), j) - named_.begin());
          if (placed[at] != 0) {
            p.push_back(affinity);
            for (std::size_t m = 0; m < dims_; ++m) {
              there.push_back(static_cast<float>(places[at * dims_ + m]));
            }
          }
        });
        if (!p.empty()) {
          const auto median = weighted_median({p, there}, dims_);
          for (std::size_t m = 0; m < dims_; ++m) {
            map_.values[waiting_[w] * dims_ + m] = static_cast<Real>(median[m]);
          }
          found[w] = 1;
        }
      }
    });
    std::vector<std::size_t> left;
    for (std::size_t w = 0; w < waiting_.size(); ++w) {
      placed_[waiting_[w]] = found[w];
      if (found[w] == 0) {
        left.push_back(waiting_[w]);
      }
    }
    const bool any = left.size() < waiting_.size();
    waiting_ = std::move(left);
    return comm_.max(std::int64_t{any ? 1 : 0}) != 0;
  }

  /// Collective. The rows that are left begin beyond the edge.
  void place_others() {
    constexpr double none = -std::numeric_limits<double>::infinity();
    std::array<double, 6> most{none, none, none, none, none, none};  // of -y and y
    for (std::size_t i = 0; i < placed_.size(); ++i) {
      for (std::size_t m = 0; m < dims_ && placed_[i] != 0; ++m) {
        const auto place = static_cast<double>(map_.values[i * dims_ + m]);
        most[m] = std::max(most[m], -place);
        most[m + 3] = std::max(most[m + 3], place);
      }
    }
    comm_.max(std::span<double>(most));
    for (const std::size_t row : waiting_) {
      for (std::size_t m = 0; m < dims_; ++m) {
        const double extent = most[m] + most[m + 3];
        map_.values[row * dims_ + m] =
            static_cast<Real>(m == 0 ? most[3] + beyond * extent : 0.5 * (most[m + 3] - most[m]));
      }
    }
  }

 private:
  const Communicator& comm_;
  const Rows& affinities_;
  Embedding<Real>& map_;
  std::size_t dims_;
  std::vector<std::uint8_t> placed_;
  std::vector<std::size_t> waiting_;
  std::vector<GlobalIndex> named_;
  RowExchange plan_;
};

}  // namespace

template <class Real>
void place_new_rows(const Communicator& comm, const AffinityRows<Real>& affinities, std::span<const std::uint8_t> known,
                    std::span<const GlobalIndex> input_row, std::uint64_t seed, Embedding<Real>& map) {
  std::visit(
      [&](const auto& rows) {
        Placing<Real, std::decay_t<decltype(rows)>> placing(comm, rows, known, map);
        while (placing.round()) {
        }
        placing.place_others();
      },
      affinities);
  const CounterRandom random(seed ^ 0x4E57ULL);
  const auto dims = static_cast<std::size_t>(map.columns);
  for (std::size_t i = 0; i < known.size(); ++i) {
    const GlobalIndex row = input_row.empty() ? map.first_row() + static_cast<GlobalIndex>(i) : input_row[i];
    for (std::size_t m = 0; m < dims && known[i] == 0; ++m) {
      map.values[i * dims + m] += static_cast<Real>(jitter * random.normal(row, static_cast<std::uint32_t>(m)));
    }
  }
}

template void place_new_rows(const Communicator&, const AffinityRows<float>&, std::span<const std::uint8_t>,
                             std::span<const GlobalIndex>, std::uint64_t, Embedding<float>&);
template void place_new_rows(const Communicator&, const AffinityRows<double>&, std::span<const std::uint8_t>,
                             std::span<const GlobalIndex>, std::uint64_t, Embedding<double>&);

}  // namespace distsne
