/// Which rows and columns the options choose.
#include "io/selection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>
#include <optional>
#include <set>

#include "base/random.hpp"
#include "distsne/base/error.hpp"
#include "io/row_numbers.hpp"

namespace distsne {
namespace {

[[noreturn]] void refuse(const std::string& message) { throw Error(message, ExitCode::bad_input); }

std::vector<std::string> parts_of(const std::string& text) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0, end = 0; end != std::string::npos; begin = end + 1) {
    end = text.find(',', begin);
    parts.push_back(text.substr(begin, end - begin));
  }
  return parts;
}

std::string listed(const std::vector<std::string>& names) {
  constexpr std::size_t most = 8;
  const auto end = names.begin() + static_cast<std::ptrdiff_t>(std::min(most, names.size()));
  return fmt::format("{}{}", fmt::join(names.begin(), end, ", "), names.size() > most ? ", ..." : "");
}

std::optional<GlobalIndex> number_of(const std::string& text) {
  GlobalIndex value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  return failure == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

/// "A:B", ":B", "A:" or ":" of 0 to `count`; nothing where it is none of these.
std::optional<std::pair<GlobalIndex, GlobalIndex>> range_of(const std::string& text, GlobalIndex count) {
  const std::size_t colon = text.find(':');
  if (colon == std::string::npos) {
    return std::nullopt;
  }
  const std::string low = text.substr(0, colon);
  const std::string high = text.substr(colon + 1);
  const std::optional<GlobalIndex> begin = low.empty() ? 0 : number_of(low);
  const std::optional<GlobalIndex> end = high.empty() ? count : number_of(high);
  return begin && end ? std::optional(std::pair(*begin, *end)) : std::nullopt;
}

/// Rows as runs by rising rows, without gaps between runs that touch.
using Runs = std::vector<Selection::Run>;

void add(Runs& runs, GlobalIndex begin, GlobalIndex count) {
  if (!runs.empty() && runs.back().begin + runs.back().count == begin) {
    runs.back().count += count;
  } else if (count > 0) {
    runs.push_back({begin, count, runs.empty() ? 0 : runs.back().first + runs.back().count});
  }
}

GlobalIndex rows_in(const Runs& runs) { return runs.empty() ? 0 : runs.back().first + runs.back().count; }

Runs by_ranges(const std::string& text, GlobalIndex rows) {
  std::vector<std::pair<GlobalIndex, GlobalIndex>> ranges;
  for (const std::string& part : parts_of(text)) {
    const auto range = range_of(part, rows);
    if (!range || range->first < 0 || range->first >= range->second || range->second > rows) {
      refuse(
          fmt::format("--rows {}: '{}' is no range A:B of the {} rows, which are counted from 0; B itself is not among "
                      "them",
                      text, part, rows));
    }
    ranges.push_back(*range);
  }
  std::sort(ranges.begin(), ranges.end());
  Runs runs;
  GlobalIndex done = 0;
  for (const auto& [begin, end] : ranges) {
    const GlobalIndex from = std::max(begin, done);
    add(runs, from, std::max<GlobalIndex>(0, end - from));
    done = std::max(done, end);
  }
  return runs;
}

/// Whether an entry of an annotation is one of the values.
class Matches {
 public:
  explicit Matches(const std::vector<std::string>& values) : words_(values.begin(), values.end()) {
    for (const std::string& value : values) {
      double number = 0.0;
      const auto [end, failure] = std::from_chars(value.data(), value.data() + value.size(), number);
      if (failure == std::errc() && end == value.data() + value.size()) {
        numbers_.insert(number);
      }
    }
  }
  bool operator()(const std::string& word) const { return words_.count(word) > 0; }
  bool operator()(double number) const { return numbers_.count(number) > 0; }
  bool operator()(std::int64_t number) const { return numbers_.count(static_cast<double>(number)) > 0; }

 private:
  std::set<std::string> words_;
  std::set<double> numbers_;
};

Runs by_value(const std::string& text, const RowSource& source, const Runs& among) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    refuse(fmt::format("--where {}: NAME=VALUE or NAME!=VALUE is wanted, or several values with commas between", text));
  }
  const bool unlike = text[equals - 1] == '!';
  const std::string name = text.substr(0, equals - (unlike ? 1 : 0));
  const Matches matches(parts_of(text.substr(equals + 1)));
  Runs runs;
  bool found = false;
  std::vector<std::string> names;
  std::vector<std::string> seen;
  source.annotations([&](const RowAnnotation& annotation) {
    names.push_back(annotation.name);
    if (annotation.name != name || found) {
      return;
    }
    found = true;
    seen = annotation.categories;
    std::visit(
        [&](const auto& values) {
          for (const Selection::Run& run : among) {
            for (GlobalIndex row = run.begin; row < run.begin + run.count; ++row) {
              if (matches(values[static_cast<std::size_t>(row)]) != unlike) {
                add(runs, row, 1);
              }
            }
          }
        },
        annotation.values);
  });
  if (!found) {
    refuse(fmt::format("--where {}: the file tells no '{}' of its rows; it tells {}", text, name,
                       names.empty() ? "nothing" : listed(names)));
  }
  if (runs.empty()) {
    refuse(fmt::format("--where {}: there is no such row{}", text, seen.empty() ? "" : "; there is " + listed(seen)));
  }
  return runs;
}

/// `wanted` of the rows by chance: those with the smallest of random numbers that depend on the row alone.
Runs by_chance(GlobalIndex wanted, std::uint64_t seed, const Runs& among) {
  const GlobalIndex rows = rows_in(among);
  if (wanted >= rows) {
    return among;
  }
  const CounterRandom random(seed ^ 0x5A3B1E5ULL);
  const double share = static_cast<double>(wanted) / static_cast<double>(rows);
  const double enough = share + 6.0 * std::sqrt(share / static_cast<double>(rows)) + 1e-9;
  std::vector<std::pair<double, GlobalIndex>> drawn;
  for (const Selection::Run& run : among) {
    for (GlobalIndex row = run.begin; row < run.begin + run.count; ++row) {
      if (const double number = random.uniform(row, 0); number < enough) {
        drawn.emplace_back(number, row);
      }
    }
  }
  if (static_cast<GlobalIndex>(drawn.size()) < wanted) {  // once in a billion
    drawn.clear();
    for (const Selection::Run& run : among) {
      for (GlobalIndex row = run.begin; row < run.begin + run.count; ++row) {
        drawn.emplace_back(random.uniform(row, 0), row);
      }
    }
  }
  std::nth_element(drawn.begin(), drawn.begin() + static_cast<std::ptrdiff_t>(wanted), drawn.end());
  drawn.resize(static_cast<std::size_t>(wanted));
  std::sort(drawn.begin(), drawn.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  Runs runs;
  for (const auto& [number, row] : drawn) {
    add(runs, row, 1);
  }
  return runs;
}

std::vector<CompactIndex> columns_by(const std::string& text, const RowSource& source, GlobalIndex columns) {
  const std::vector<std::string> names = source.column_names();
  std::set<CompactIndex> chosen;
  for (const std::string& part : parts_of(text)) {
    if (const auto named = std::find(names.begin(), names.end(), part); named != names.end()) {
      chosen.insert(static_cast<CompactIndex>(named - names.begin()));
      continue;
    }
    const std::optional<GlobalIndex> number = number_of(part);
    const auto range = number ? std::optional(std::pair(*number, *number + 1)) : range_of(part, columns);
    if (!range || range->first < 0 || range->first >= range->second || range->second > columns) {
      refuse(
          fmt::format("--columns {}: '{}' is neither a column's name nor a number or range A:B of the {} columns, "
                      "which are counted from 0{}",
                      text, part, columns, names.empty() ? "" : "; their names are " + listed(names)));
    }
    for (GlobalIndex column = range->first; column < range->second; ++column) {
      chosen.insert(static_cast<CompactIndex>(column));
    }
  }
  return {chosen.begin(), chosen.end()};
}

/// The column that is left out, if there is one.
std::optional<CompactIndex> column_apart(const InputOptions& options, const RowSource& source) {
  if (options.apart.empty() || !names_a_column(source, options.apart)) {
    return std::nullopt;
  }
  const std::vector<std::string> names = source.column_names();
  return static_cast<CompactIndex>(std::find(names.begin(), names.end(), options.apart) - names.begin());
}

}  // namespace

std::shared_ptr<const Selection> select(const InputOptions& options, const InputDescription& found) {
  const bool all_columns = options.columns.empty() && found.aside.empty() && options.apart.empty();
  if (options.rows.empty() && options.where.empty() && options.sample == 0 && all_columns) {
    return nullptr;
  }
  const std::unique_ptr<RowSource> source = open_source(found);
  const std::optional<CompactIndex> apart = column_apart(options, *source);
  if (options.rows.empty() && options.where.empty() && options.sample == 0 && options.columns.empty() &&
      found.aside.empty() && !apart) {
    return nullptr;
  }
  auto selection = std::make_shared<Selection>();
  selection->file_rows = found.rows;
  selection->file_columns = found.columns;
  add(selection->runs, 0, found.rows);
  if (!options.rows.empty()) {
    selection->runs = by_ranges(options.rows, found.rows);
  }
  if (!options.where.empty()) {
    selection->runs = by_value(options.where, *source, selection->runs);
  }
  if (options.sample > 0) {
    selection->runs = by_chance(options.sample, options.seed, selection->runs);
  }
  if (!options.columns.empty()) {
    selection->columns = columns_by(options.columns, *source, found.columns);
  } else if (!found.aside.empty()) {
    const std::vector<std::string> names = source->column_names();
    for (std::size_t column = 0; column < names.size(); ++column) {
      if (std::find(found.aside.begin(), found.aside.end(), names[column]) == found.aside.end()) {
        selection->columns.push_back(static_cast<CompactIndex>(column));
      }
    }
  } else if (apart) {
    selection->columns.resize(static_cast<std::size_t>(found.columns));
    std::iota(selection->columns.begin(), selection->columns.end(), CompactIndex{0});
  }
  if (apart) {
    std::erase(selection->columns, *apart);
    if (selection->columns.empty()) {
      refuse(fmt::format("'{}' is the only column: there is none to compare rows by", options.apart));
    }
  }
  return selection;
}

}  // namespace distsne
