/// Queries pass round the ranks; each compares them with its own rows, and the owners put the parts together.
#include "neighbors/compare.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/parallel.hpp"
#include "mpi/interruption.hpp"
#include "neighbors/passed.hpp"
#include "neighbors/visits.hpp"

namespace distsne {
namespace {

constexpr GlobalIndex queries_per_round = 1024;  // over all ranks; bounds the memory of what travels
constexpr std::size_t queries_per_group = 32;    // that one thread takes at a time
constexpr LocalIndex rows_per_block = 2048;
constexpr DistanceKey no_row = std::numeric_limits<DistanceKey>::max();

/// Scales by a power of two, so that no square overflows. Returns the factor that distances have to be multiplied by.
double fit_to_unit(const Communicator& comm, DistributedMatrix<float>& x) {
  double largest = 0.0;
  for (const float value : x.values) {
    largest = std::max(largest, std::abs(static_cast<double>(value)));
  }
  largest = comm.max(largest);
  if (largest == 0.0) {
    return 1.0;
  }
  int exponent = 0;
  std::frexp(largest, &exponent);
  parallel_for(x.local_rows(), [&](std::int64_t i) {
    for (float& value : x.row(static_cast<LocalIndex>(i))) {
      value = std::ldexp(value, -exponent);
    }
  });
  return std::ldexp(1.0, exponent);
}

/// The queries of one round, the same on all ranks.
struct Round {
  std::vector<GlobalIndex> counts;  // of each rank
  std::vector<CompactIndex> id;
  std::vector<float> rows;
  std::vector<CompactIndex> named;
  std::vector<float> thresholds;  // squared distances of the named rows

  [[nodiscard]] std::size_t size() const { return id.size(); }
};

std::vector<GlobalIndex> times(const std::vector<GlobalIndex>& counts, GlobalIndex factor) {
  std::vector<GlobalIndex> result = counts;
  for (GlobalIndex& count : result) {
    count *= factor;
  }
  return result;
}

class Comparer {
 public:
  Comparer(const Communicator& comm, const DistributedMatrix<float>& x, LocalIndex k, LocalIndex named)
      : comm_(comm),
        x_(x),
        columns_(static_cast<std::size_t>(x.columns)),
        k_(k),
        named_(static_cast<std::size_t>(named)) {
    begins_.push_back(0);
    while (begins_.back() < x.local_rows()) {
      begins_.push_back(
          static_cast<LocalIndex>(std::min<GlobalIndex>(x.local_rows(), GlobalIndex{begins_.back()} + rows_per_block)));
    }
    packed_ = PackedRows(x.values, x.columns, begins_);
    double largest = 0.0;
    for (LocalIndex i = 0; i < x.local_rows(); ++i) {
      largest = std::max(largest, static_cast<double>(squared_norm(x.row(i))));
    }
    // A few roundings for each column.
    slack_ = static_cast<float>(4.0 * comm.max(largest) * (x.columns + 8) * 0x1.0p-24);
  }

  /// Collective. The queries [begin, end) of those of this rank.
  [[nodiscard]] Round gather(std::span<const LocalIndex> queries, std::span<const CompactIndex> named) const {
    Round round;
    round.counts = comm_.all_gather(static_cast<std::int64_t>(queries.size()));
    const auto total =
        static_cast<std::size_t>(std::accumulate(round.counts.begin(), round.counts.end(), GlobalIndex{0}));
    std::vector<CompactIndex> id;
    std::vector<float> rows;
    for (const LocalIndex query : queries) {
      id.push_back(static_cast<CompactIndex>(x_.first_row() + query));
      rows.insert(rows.end(), x_.row(query).begin(), x_.row(query).end());
    }
    round.id.resize(total);
    round.rows.resize(total * columns_);
    round.named.resize(total * named_);
    comm_.all_gather(std::span<const CompactIndex>(id), round.counts, round.id.data());
    comm_.all_gather(std::span<const float>(rows), times(round.counts, x_.columns), round.rows.data());
    comm_.all_gather(named, times(round.counts, static_cast<GlobalIndex>(named_)), round.named.data());
    find_thresholds(round);
    return round;
  }

  /// The nearest of this rank's rows for each query of a round, padded with no_row, and the counts of its thresholds.
  void scan_own_rows(const Round& round, std::vector<DistanceKey>& keys, std::vector<std::int64_t>& counts) const {
    const auto keep = static_cast<std::size_t>(k_);
    keys.assign(round.size() * keep, no_row);
    counts.assign(round.size() * named_ * 2, 0);
    const auto groups = static_cast<std::int64_t>(divide_up(round.size(), queries_per_group));
    std::vector<AlignedVector<float>> tables(static_cast<std::size_t>(threads()));
    parallel_for(groups, [&](std::int64_t g) {
      const std::size_t begin = static_cast<std::size_t>(g) * queries_per_group;
      AlignedVector<float>& table = tables[thread_index()];
      table.resize(queries_per_group * rows_per_block);
      scan_group(round, begin, std::min(queries_per_group, round.size() - begin), table, keys, counts);
    });
  }

 private:
  void find_thresholds(Round& round) const {
    std::vector<std::int64_t> bits(round.named.size(), 0);  // of the distance, on the rank that has the row
    for (std::size_t i = 0; i < bits.size(); ++i) {
      const GlobalIndex local = static_cast<GlobalIndex>(round.named[i]) - x_.first_row();
      if (local >= 0 && local < x_.local_rows()) {
        const float* const query = round.rows.data() + i / named_ * columns_;
        bits[i] = std::bit_cast<std::int32_t>(
            squared_distance(query, x_.row(static_cast<LocalIndex>(local)).data(), columns_));
      }
    }
    comm_.sum(std::span<std::int64_t>(bits));
    for (const std::int64_t one : bits) {
      round.thresholds.push_back(std::bit_cast<float>(static_cast<std::int32_t>(one)));
    }
  }

  void scan_group(const Round& round, std::size_t begin, std::size_t size, AlignedVector<float>& table,
                  std::vector<DistanceKey>& keys, std::vector<std::int64_t>& counts) const {
    KeyStore store;
    QueryGroup group(size, k_, store);
    std::vector<Passed> passed;
    std::vector<const float*> rows;
    for (std::size_t q = 0; q < size; ++q) {
      rows.push_back(round.rows.data() + (begin + q) * columns_);
      passed.emplace_back(std::span(round.thresholds).subspan((begin + q) * named_, named_), slack_);
    }
    for (std::size_t b = 0; b + 1 < begins_.size(); ++b) {
      const PackedRows::Block block = packed_.block(b);
      distance_table(block, rows, table.data(), rows_per_block);
      for (std::size_t q = 0; q < size; ++q) {
        take(begins_[b], block.count, table.data() + q * rows_per_block, rows[q], round.id[begin + q], group.nearest[q],
             passed[q]);
      }
    }
    for (std::size_t q = 0; q < size; ++q) {
      NearestList& list = group.nearest[q];
      list.cut();
      std::copy_n(list.keys, list.count,
                  keys.begin() + static_cast<std::ptrdiff_t>((begin + q) * static_cast<std::size_t>(k_)));
      passed[q].write(std::span(counts).subspan((begin + q) * named_ * 2, named_ * 2));
    }
  }

  /// What a block has for one query.
  void take(LocalIndex first, std::size_t count, float* squared, const float* query, CompactIndex self,
            NearestList& list, Passed& passed) const {
    const GlobalIndex own = GlobalIndex{self} - x_.first_row() - first;
    if (own >= 0 && own < static_cast<GlobalIndex>(count)) {
      squared[own] = std::numeric_limits<float>::infinity();
    }
    std::array<std::uint16_t, rows_per_block> closer;  // NOLINT(cppcoreguidelines-pro-type-member-init): written first
    const std::size_t found = passed.sift(squared, count, list.reach + slack_, closer.data());
    for (std::size_t c = 0; c < found; ++c) {
      const float quick = squared[closer[c]];
      const LocalIndex local = first + static_cast<LocalIndex>(closer[c]);
      const bool counted = quick <= passed.top() && passed.count_quick(quick);
      if (counted && quick > list.reach + slack_) {
        continue;
      }
      const float exact = squared_distance(query, x_.row(local).data(), columns_);
      if (!counted) {
        passed.count_exact(exact);
      }
      if (exact <= list.reach) {
        list.add(distance_key(exact, static_cast<CompactIndex>(x_.first_row() + local)));
      }
    }
  }

  const Communicator& comm_;
  const DistributedMatrix<float>& x_;
  std::size_t columns_;
  LocalIndex k_;
  std::size_t named_;
  std::vector<LocalIndex> begins_;
  PackedRows packed_;
  float slack_ = 0.0F;  // bound of the error of expanded distances
};

/// Puts what the ranks have found for the queries of this rank behind the result so far.
void finish(const Communicator& comm, const Round& round, std::size_t own, double unit,
            const std::vector<DistanceKey>& keys, const std::vector<std::int64_t>& counts, RowComparison& result) {
  const auto k = static_cast<std::size_t>(result.k);
  std::vector<std::int64_t> ignored;
  const std::vector<DistanceKey> arrived =
      comm.all_to_all(std::span<const DistanceKey>(keys), times(round.counts, result.k), ignored);
  std::vector<DistanceKey> merged;
  for (std::size_t q = 0; q < own; ++q) {
    merged.clear();
    for (std::size_t part = q * k; part < arrived.size(); part += own * k) {
      merged.insert(merged.end(), arrived.begin() + static_cast<std::ptrdiff_t>(part),
                    arrived.begin() + static_cast<std::ptrdiff_t>(part + k));
    }
    std::sort(merged.begin(), merged.end());
    for (std::size_t i = 0; i < k; ++i) {
      result.nearest.push_back(key_tie(merged[i]));
      result.distances.push_back(static_cast<float>(unit * std::sqrt(static_cast<double>(key_distance(merged[i])))));
    }
  }
  const auto named = static_cast<std::size_t>(result.named);
  const auto before = static_cast<std::size_t>(
      std::accumulate(round.counts.begin(), round.counts.begin() + comm.rank(), GlobalIndex{0}));
  for (std::size_t i = before * named; i < (before + own) * named; ++i) {
    // The named row is among those as near as itself.
    result.ranks.push_back(static_cast<double>(counts[2 * i]) + 0.5 * (static_cast<double>(counts[2 * i + 1]) + 1.0));
  }
}

}  // namespace

RowComparison compare_rows(const Communicator& comm, DistributedMatrix<float> x, std::span<const LocalIndex> queries,
                           LocalIndex k, std::span<const CompactIndex> named, LocalIndex named_each) {
  const double unit = fit_to_unit(comm, x);
  const Comparer comparer(comm, x, k, named_each);
  RowComparison result;
  result.k = k;
  result.named = named_each;
  const std::size_t most = static_cast<std::size_t>(std::max<GlobalIndex>(1, queries_per_round / comm.size()));
  const std::int64_t rounds = comm.max(static_cast<std::int64_t>(divide_up(queries.size(), most)));
  std::vector<DistanceKey> keys;
  std::vector<std::int64_t> counts;
  for (std::int64_t r = 0; r < rounds; ++r) {
    stop_if_asked(comm);
    const std::size_t begin = std::min(queries.size(), static_cast<std::size_t>(r) * most);
    const std::size_t size = std::min(most, queries.size() - begin);
    const auto each = static_cast<std::size_t>(named_each);
    const Round round = comparer.gather(queries.subspan(begin, size), named.subspan(begin * each, size * each));
    comparer.scan_own_rows(round, keys, counts);
    comm.sum(std::span<std::int64_t>(counts));
    finish(comm, round, size, unit, keys, counts, result);
  }
  return result;
}

}  // namespace distsne
