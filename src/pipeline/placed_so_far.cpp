/// Ranges of rows that are done, and what is known of those rows, in rising order.
#include "pipeline/placed_so_far.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <numeric>

#include "distsne/base/timer.hpp"
#include "io/saved_file.hpp"
#include "mpi/agreement.hpp"
#include "pipeline/checkpoint_state.hpp"

namespace distsne {
namespace {

using Json = nlohmann::json;

/// Of values of every row of a rank, those of some of its rows.
template <class To, class From>
std::vector<To> picked(const From& values, std::size_t width, std::span<const RowRange> ranges) {
  std::vector<To> result;
  for (const RowRange& range : ranges) {
    std::transform(values.begin() + range.begin * static_cast<std::ptrdiff_t>(width),
                   values.begin() + range.end * static_cast<std::ptrdiff_t>(width), std::back_inserter(result),
                   [](auto value) { return static_cast<To>(value); });
  }
  return result;
}

/// The reverse.
template <class From, class To>
void put(const From& some, std::size_t width, std::span<const RowRange> ranges, To& values) {
  auto from = some.begin();
  for (const RowRange& range : ranges) {
    for (GlobalIndex i = range.begin * static_cast<GlobalIndex>(width); i < range.end * static_cast<GlobalIndex>(width);
         ++i, ++from) {
      values[static_cast<std::size_t>(i)] = static_cast<std::decay_t<decltype(values[0])>>(*from);
    }
  }
}

GlobalIndex rows_of(std::span<const RowRange> ranges) {
  return std::accumulate(ranges.begin(), ranges.end(), GlobalIndex{0},
                         [](GlobalIndex sum, const RowRange& range) { return sum + range.end - range.begin; });
}

/// Ranges as the facts of a file have them: rising, within so many rows.
std::vector<RowRange> ranges_in(const Json& facts, GlobalIndex rows) {
  std::vector<RowRange> ranges;
  GlobalIndex last = 0;
  for (const Json& pair : facts.at("ranges")) {
    const GlobalIndex begin = integer_in(pair.at(0), last, rows - 1);
    last = integer_in(pair.at(1), begin + 1, rows);
    ranges.push_back({begin, last});
  }
  return ranges;
}

}  // namespace

PlacedSoFar::PlacedSoFar(const Communicator& comm, Options options, PlacedRows& placed)
    : comm_(comm), options_(std::move(options)), partition_(placed.map.partition), last_kept_(now_seconds()) {
  if (options_.path.empty()) {
    return;
  }
  if (options_.restart) {
    remove();
    return;
  }
  std::error_code ignored;
  if (!comm.broadcast_value(std::filesystem::exists(options_.path, ignored))) {
    return;
  }
  try {
    take(placed);
  } catch (const Error& error) {
    if (error.code() != ExitCode::io_failure || !error.everywhere()) {
      throw;
    }
    done_.clear();
    if (comm.is_root() && !options_.quiet) {
      fmt::print(stderr, "note: {}; going on without it\n", error.what());
    }
  }
}

void PlacedSoFar::take(PlacedRows& placed) {
  const SavedFile file(comm_, options_.path);
  const Json facts = from_facts(options_.path, [&] { return Json::parse(file.facts()); });
  std::string changed = from_facts(options_.path, [&] {
    std::string name_of;
    for (const auto& [name, value] : options_.identity.items()) {
      if (facts.at("run").at(name) != value) {
        name_of = name;
      }
    }
    return name_of;
  });
  changed = comm_.broadcast_string(changed);  // ranks may see other times of a file
  require_everywhere(comm_, changed.empty(),
                     fmt::format("'{}' is of another run: {} changed since; --restart starts afresh, --checkpoint "
                                 "names another file",
                                 options_.path, changed));
  const std::vector<RowRange> ranges = from_facts(options_.path, [&] { return ranges_in(facts, partition_.rows()); });
  // The part of each rank, and this rank's ranges.
  std::vector<GlobalIndex> sizes;
  for (Rank r = 0; r < comm_.size(); ++r) {
    std::vector<RowRange> part;
    for (const RowRange& range : ranges) {
      const RowRange inside{std::max(range.begin, partition_.begin(r)),
                            std::min(range.end, partition_.begin(r) + partition_.size(r))};
      if (inside.begin < inside.end) {
        part.push_back({inside.begin - partition_.begin(r), inside.end - partition_.begin(r)});
      }
    }
    sizes.push_back(rows_of(part));
    if (r == comm_.rank()) {
      done_ = std::move(part);
    }
  }
  const RowPartition partition(sizes);
  const auto dims = static_cast<std::size_t>(placed.map.columns);
  if (file.rows("map") != partition.rows()) {
    throw unusable(options_.path);
  }
  put(file.read<UnsetVector<float>>("map", placed.map.columns, partition), dims, done_, placed.map.values);
  put(file.read<UnsetVector<float>>("novelty", 1, partition), 1, done_, placed.novelty);
  if (options_.classes > 0) {
    const auto labels = file.read<UnsetVector<CompactIndex>>("label", 1, partition);
    const bool known =
        std::all_of(labels.begin(), labels.end(), [&](CompactIndex label) { return label < options_.classes; });
    require_everywhere(comm_, known, unusable(options_.path).what(), ExitCode::io_failure);
    put(labels, 1, done_, placed.label);
    put(file.read<UnsetVector<float>>("label_share", 1, partition), 1, done_, placed.label_share);
  }
  if (comm_.is_root() && !options_.quiet) {
    fmt::print(stderr, "going on after {} of {} rows from {}\n", partition.rows(), partition_.rows(), options_.path);
  }
}

std::vector<RowRange> PlacedSoFar::missing(GlobalIndex at_most) const {
  std::vector<RowRange> ranges;
  const auto add = [&](GlobalIndex begin, GlobalIndex end) {
    for (; begin < end; begin += at_most) {
      ranges.push_back({begin, std::min(end, begin + at_most)});
    }
  };
  GlobalIndex next = 0;
  for (const RowRange& range : done_) {
    add(next, range.begin);
    next = range.end;
  }
  add(next, own_rows());
  return ranges;
}

void PlacedSoFar::done(RowRange rows) {
  if (rows.begin < rows.end) {
    const auto place = std::upper_bound(done_.begin(), done_.end(), rows,
                                        [](const RowRange& a, const RowRange& b) { return a.begin < b.begin; });
    done_.insert(place, rows);
  }
}

GlobalIndex PlacedSoFar::placed_rows() const { return comm_.sum(rows_of(done_)); }

void PlacedSoFar::keep(const PlacedRows& placed) {
  last_kept_ = now_seconds();
  if (options_.path.empty()) {
    return;
  }
  const GlobalIndex begin = partition_.begin(comm_.rank());
  std::vector<std::int64_t> own;
  for (const RowRange& range : done_) {
    if (!own.empty() && own.back() == begin + range.begin) {
      own.back() = begin + range.end;
    } else {
      own.insert(own.end(), {begin + range.begin, begin + range.end});
    }
  }
  const std::vector<GlobalIndex> counts = comm_.all_gather(std::ssize(own));
  std::vector<std::int64_t> all(
      static_cast<std::size_t>(std::accumulate(counts.begin(), counts.end(), GlobalIndex{0})));
  comm_.all_gather(std::span<const std::int64_t>(own), counts, all.data());
  Json ranges = Json::array();
  for (std::size_t i = 0; i < all.size(); i += 2) {
    ranges.push_back({all[i], all[i + 1]});
  }
  const RowPartition kept(comm_.all_gather(rows_of(done_)));
  const GlobalIndex rows = kept.rows();
  const GlobalIndex first = kept.begin(comm_.rank());
  const auto dims = static_cast<std::size_t>(placed.map.columns);
  const auto map = picked<float>(placed.map.values, dims, done_);
  const auto novelty = picked<float>(placed.novelty, 1, done_);
  std::vector<SavedArray> arrays{SavedArray::of<float>("map", rows, placed.map.columns, first, map),
                                 SavedArray::of<float>("novelty", rows, 1, first, novelty)};
  std::vector<CompactIndex> label;
  std::vector<float> share;
  if (options_.classes > 0) {
    label = picked<CompactIndex>(placed.label, 1, done_);
    share = picked<float>(placed.label_share, 1, done_);
    arrays.push_back(SavedArray::of<CompactIndex>("label", rows, 1, first, label));
    arrays.push_back(SavedArray::of<float>("label_share", rows, 1, first, share));
  }
  write_saved(comm_, options_.path, arrays, Json{{"run", options_.identity}, {"ranges", ranges}}.dump());
}

void PlacedSoFar::keep_when_due(const PlacedRows& placed) {
  const bool due = comm_.is_root() && now_seconds() - last_kept_ >= options_.seconds_between;
  if (comm_.broadcast_value(due)) {
    keep(placed);
  }
}

void PlacedSoFar::remove() const {
  if (!options_.path.empty() && comm_.is_root()) {
    remove_saved(options_.path);
  }
  comm_.barrier();
}

std::string PlacedSoFar::remedy() const {
  return options_.path.empty() ? "the same command starts again"
                               : fmt::format("the same command goes on from {}", options_.path);
}

}  // namespace distsne
