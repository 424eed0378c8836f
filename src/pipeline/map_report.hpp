/// The figures of judged maps as a table and as JSON.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "io/map_file.hpp"
#include "quality/estimate.hpp"

namespace distsne {

struct MapReport {
  struct Figure {
    std::string key;   ///< in JSON
    std::string text;  ///< in the table
    Estimate estimate;
  };
  MapDescription map;
  GlobalIndex rows = 0;
  std::vector<Figure> figures;
  std::vector<std::pair<std::string, Estimate>> silhouettes;  ///< by class
  std::vector<MapColumn> columns;                             ///< of each row, for the map's file
  bool weighted = false;                                      ///< the map is one of rows with weights
  double recall = 1.0;                                        ///< of the neighbors that the cost was computed with

  void add(const std::string& key, const std::string& text, const Estimate& estimate) {
    figures.push_back({key, text, estimate});
  }
  void add_first(const std::string& key, const std::string& text, const Estimate& estimate) {
    figures.insert(figures.begin(), {key, text, estimate});
  }
};

/// One process. The figures on standard output, a column for each map.
void print_reports(const std::vector<MapReport>& reports, const std::string& label_name);

/// One process. The same, and silhouettes by class, as a JSON object; figures that are not numbers are null. Throws
/// Error (I/O).
void write_reports(const std::string& path, const std::vector<MapReport>& reports, const std::string& label_name);

}  // namespace distsne
