/// From a result file to its page.
#include "cli/plot_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <filesystem>
#include <map>
#include <optional>

#include "io/map_table.hpp"
#include "io/result.hpp"
#include "render/page.hpp"
#include "render/text.hpp"

namespace distsne {
namespace {

std::string title_of(const MapTable& table) {
  const std::map<std::string, std::string> names{
      {"sne", "SNE of "}, {"ssne", "symmetric SNE of "}, {"tsne", "t-SNE of "}};
  const auto name = names.find(table.method());
  return fmt::format("{}{} point{}", name == names.end() ? "" : name->second, with_separators(table.rows()),
                     table.rows() == 1 ? "" : "s");
}

/// The colors that came with the labels, under those that the user gave.
std::map<std::string, Color> colors_of(const TableColumn& column, const PlotPage& plot) {
  std::map<std::string, Color> colors;
  for (const auto& [name, color] : plot.colors) {
    colors[clean_text(name)] = color;
  }
  for (const auto& [name, text] : column.colors) {
    if (const std::optional<Color> color = parse_color(text)) {
      colors.emplace(clean_text(name), *color);
    }
  }
  return colors;
}

}  // namespace

bool is_page(const std::string& output) {
  std::string ending = std::filesystem::path(output).extension().string();
  std::transform(ending.begin(), ending.end(), ending.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return ending == ".html" || ending == ".htm";
}

void plot_page(const PlotPage& plot) {
  const MapTable table(plot.input);
  PageMap map;
  map.rows = table.rows();
  map.dims = table.dims();
  map.title = plot.title == "auto" ? title_of(table) : plot.title == "none" ? "" : plot.title;
  map.colored_by = plot.labels == no_labels ? "" : table.choose(plot.labels == "auto" ? "" : plot.labels);
  for (const TableColumn& column : table.columns()) {
    map.columns.push_back({column.name, column.words, colors_of(column, plot)});
  }
  map.read_points = [&](GlobalIndex first, std::span<float> out) { table.read_points(first, out); };
  map.read_numbers = [&](const std::string& column, GlobalIndex first, std::span<double> out) {
    table.read_numbers(column, first, out);
  };
  map.read_words = [&](const std::string& column, GlobalIndex first, std::size_t count) {
    return table.read_words(column, first, count);
  };
  PageOptions options;
  options.dark = plot.dark;
  options.most_rows_inside = plot.tiles ? 0 : options.most_rows_inside;
  PageReport report;
  try {
    report = write_page(plot.output, map, options);
  } catch (const Error& error) {
    throw Error(fmt::format("'{}': {}", plot.input, error.what()), error.code());
  }
  if (!plot.quiet) {
    for (const std::string& note : report.notes) {
      fmt::print(stderr, "note: {}\n", note);
    }
    fmt::print(
        stderr, "{} points, {:.1f} bytes for each, written to {}{}\n", with_separators(map.rows),
        static_cast<double>(report.bytes) / static_cast<double>(map.rows), plot.output,
        report.tiles.empty() ? "" : fmt::format(" and the folder {}, which have to stay together", report.tiles));
  }
}

}  // namespace distsne
