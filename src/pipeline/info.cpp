/// The words of distsne info.
#include "pipeline/info.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <set>

#include "io/map_file.hpp"
#include "io/source.hpp"
#include "mpi/agreement.hpp"

namespace distsne {
namespace {

std::string listed(const std::vector<std::string>& names) {
  constexpr std::size_t most = 6;
  const auto end = names.begin() + static_cast<std::ptrdiff_t>(std::min(most, names.size()));
  return fmt::format("{}{}", fmt::join(names.begin(), end, ", "), names.size() > most ? ", ..." : "");
}

const char* lies_by(Layout layout) {
  switch (layout) {
    case Layout::rows:
      return "dense";
    case Layout::columns:
      return "dense, stored by columns";
    case Layout::sparse_rows:
      return "sparse";
    case Layout::sparse_columns:
      break;
  }
  return "sparse, stored by columns";
}

/// What the values of an annotation are, with some of them.
std::string summary_of(const RowAnnotation& annotation) {
  if (const auto* words = std::get_if<std::vector<std::string>>(&annotation.values)) {
    std::vector<std::string> different = annotation.categories;
    if (different.empty()) {
      const std::set<std::string> seen(words->begin(), words->end());
      different.assign(seen.begin(), seen.end());
    }
    const std::string colors = annotation.colors.empty() ? "" : ", with colors";
    return fmt::format("{} different words{}: {}", different.size(), colors, listed(different));
  }
  const auto range_of = [](const auto& values) {
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    return values.empty() ? std::string("none") : fmt::format("numbers from {} to {}", *low, *high);
  };
  return std::visit(
      [&](const auto& values) -> std::string {
        if constexpr (std::is_same_v<std::decay_t<decltype(values)>, std::vector<std::string>>) {
          return {};
        } else {
          return range_of(values);
        }
      },
      annotation.values);
}

void print(const Communicator& comm, const MapDescription& map) {
  if (comm.is_root()) {
    fmt::print("a map by distsne embed: {} of {}{}{}\n", map.method, map.input,
               std::isfinite(map.kl) ? fmt::format(", KL {:.4f}", map.kl) : "",
               map.finished ? "" : ", not finished: the same embed command goes on");
  }
}

void print(const InputDescription& input, bool is_map) {
  fmt::print("{}: {}\n", input.path, input.format);
  fmt::print("{} {}{} rows x {} columns ({})\n", is_map ? "its places are" : "embed takes",
             input.dataset.empty() ? "" : input.dataset + ": ", input.rows, input.columns, lies_by(input.layout));
  if (!input.note.empty()) {
    fmt::print("  {}\n", input.note);
  }
  if (!input.usual.empty()) {
    fmt::print("  {}\n", input.usual);
  }
  const std::unique_ptr<RowSource> source = open_source(input);
  if (const std::vector<std::string> names = source->column_names(); !names.empty()) {
    fmt::print("columns: {}\n", listed(names));
  }
  bool any = false;
  source->annotations([&](const RowAnnotation& annotation) {
    fmt::print("{}", any ? "" : "about the rows:\n");
    any = true;
    fmt::print("  {:<24} {}\n", annotation.name, summary_of(annotation));
  });
  std::fflush(stdout);
}

}  // namespace

void show_info(const Communicator& comm, const InputOptions& options) {
  InputOptions wanted = options;
  bool is_map = false;
  attempt_on_root(comm, [&] { is_map = options.dataset.empty() && is_result(options.path); });
  is_map = comm.broadcast_value(std::int64_t{is_map ? 1 : 0}) != 0;
  if (is_map) {
    wanted.dataset = "/embedding";
    print(comm, describe_map(comm, options.path));
  }
  const InputDescription input = describe_input(comm, wanted);
  attempt_on_root(comm, [&] { print(input, is_map); });
}

}  // namespace distsne
