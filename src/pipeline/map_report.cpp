/// Columns of figures, and the same for programs.
#include "pipeline/map_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

#include "distsne/base/error.hpp"

namespace distsne {
namespace {

constexpr std::size_t most_classes_in_table = 30;

std::string cell(const Estimate& estimate) {
  if (std::isnan(estimate.value)) {
    return "-";
  }
  return estimate.margin > 0.0 ? fmt::format("{:.4f} +- {:.4f}", estimate.value, estimate.margin)
                               : fmt::format("{:.6f}", estimate.value);
}

const Estimate* find(const MapReport& report, const std::string& key) {
  const auto found = std::find_if(report.figures.begin(), report.figures.end(),
                                  [&](const MapReport::Figure& figure) { return figure.key == key; });
  return found == report.figures.end() ? nullptr : &found->estimate;
}

void print_row(const std::string& text, const std::vector<std::string>& cells) {
  fmt::print("{:<38}", text);
  for (const std::string& one : cells) {
    fmt::print("  {:>20}", one);
  }
  fmt::print("\n");
}

nlohmann::json json_of(double value) { return std::isfinite(value) ? nlohmann::json(value) : nlohmann::json(); }

nlohmann::json json_of(const Estimate& estimate) {
  return {{"value", json_of(estimate.value)}, {"margin", json_of(estimate.margin)}, {"rows", estimate.rows}};
}

}  // namespace

void print_reports(const std::vector<MapReport>& reports, const std::string& label_name) {
  std::vector<std::string> cells;
  for (const MapReport& report : reports) {
    const std::string& path = report.map.embedding.path;
    cells.push_back(path.size() <= 20 ? path : "..." + path.substr(path.size() - 17));
  }
  print_row(fmt::format("{} rows", reports[0].rows), cells);
  std::vector<std::pair<std::string, std::string>> lines;  // key, text
  for (const MapReport& report : reports) {
    for (const MapReport::Figure& figure : report.figures) {
      if (std::none_of(lines.begin(), lines.end(), [&](const auto& line) { return line.first == figure.key; })) {
        lines.emplace_back(figure.key, figure.text);
      }
    }
  }
  for (const auto& [key, text] : lines) {
    cells.clear();
    for (const MapReport& report : reports) {
      const Estimate* const estimate = find(report, key);
      cells.push_back(estimate == nullptr ? "-" : cell(*estimate));
    }
    print_row(text, cells);
  }
  const std::size_t classes = reports[0].silhouettes.size();
  for (std::size_t c = 0; c < classes && classes <= most_classes_in_table; ++c) {
    cells.clear();
    for (const MapReport& report : reports) {
      cells.push_back(cell(report.silhouettes[c].second));
    }
    print_row(fmt::format("  silhouette of {} {}", label_name, reports[0].silhouettes[c].first), cells);
  }
  for (const MapReport& report : reports) {
    const std::string& path = report.map.embedding.path;
    if (!report.map.finished) {
      fmt::print("note: {} is the map of a run that was stopped before its end\n", path);
    }
    if (find(report, "kl") == nullptr && !std::isnan(report.map.kl)) {
      fmt::print("note: the run of {} stated a KL divergence of {:.4f}; --kl computes it anew\n", path, report.map.kl);
    } else if (report.recall < 1.0) {
      fmt::print("note: the KL divergence of {} is of neighbors with a recall of {:.4f}\n", path, report.recall);
    }
    if (report.weighted) {
      fmt::print(
          "note: the rows of {} stand for many points each: the KL divergence is that of all the points, and all "
          "other figures count each row once\n",
          path);
    }
  }
  std::fflush(stdout);
}

void write_reports(const std::string& path, const std::vector<MapReport>& reports, const std::string& label_name) {
  nlohmann::json maps = nlohmann::json::array();
  for (const MapReport& report : reports) {
    nlohmann::json one{{"map", report.map.embedding.path}, {"rows", report.rows},
                       {"finished", report.map.finished},  {"stated_kl", json_of(report.map.kl)},
                       {"recall", report.recall},          {"labels", label_name}};
    for (const MapReport::Figure& figure : report.figures) {
      one["figures"][figure.key] = json_of(figure.estimate);
    }
    for (const auto& [name, estimate] : report.silhouettes) {
      one["silhouettes"][name] = json_of(estimate);
    }
    maps.push_back(std::move(one));
  }
  std::ofstream out(path);
  out << nlohmann::json{{"maps", maps}}.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
  out.close();
  if (!out) {
    throw Error(fmt::format("writing '{}' failed", path), ExitCode::io_failure);
  }
}

}  // namespace distsne
