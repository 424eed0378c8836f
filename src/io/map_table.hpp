/// A result as a table that is read in pieces: positions, and what it tells about each row.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "io/input.hpp"

namespace distsne {

/// A 1-D dataset beside the embedding with an entry for each row.
struct TableColumn {
  std::string name;
  bool words = false;                         ///< strings; otherwise numbers
  std::map<std::string, std::string> colors;  ///< as in ResultPicture
};

/// One process. An open map; nothing of it is kept in memory. All functions throw Error (I/O) when reading fails.
class MapTable {
 public:
  /// Throws Error (bad input) when the file has no /embedding of 1 to 3 columns.
  explicit MapTable(const std::string& path);

  [[nodiscard]] GlobalIndex rows() const { return embedding_.rows; }
  [[nodiscard]] int dims() const { return static_cast<int>(embedding_.columns); }
  /// As in the attribute of the file; empty when it does not say.
  [[nodiscard]] const std::string& method() const { return method_; }
  /// In the order of their names; what holds neither numbers nor strings is left out.
  [[nodiscard]] const std::vector<TableColumn>& columns() const { return columns_; }

  /// As read_result() chooses them; empty where nothing suits. Throws Error (bad input) when there are no such labels.
  [[nodiscard]] std::string choose(const std::string& labels) const;

  /// Whole rows from `first` on, dims() numbers each.
  void read_points(GlobalIndex first, std::span<float> out) const;
  void read_numbers(const std::string& column, GlobalIndex first, std::span<double> out) const;
  [[nodiscard]] std::vector<std::string> read_words(const std::string& column, GlobalIndex first,
                                                    std::size_t count) const;

 private:
  InputDescription embedding_;
  std::string method_;
  std::vector<TableColumn> columns_;
};

}  // namespace distsne
