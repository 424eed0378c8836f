/// The Hungarian method by shortest augmenting paths.
#include <limits>

#include "render/names.hpp"

namespace distsne {

std::vector<std::size_t> cheapest_assignment(const std::vector<std::vector<double>>& cost) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const std::size_t rows = cost.size();
  const std::size_t columns = rows == 0 ? 0 : cost.front().size();
  std::vector<double> row_price(rows + 1, 0.0);
  std::vector<double> column_price(columns + 1, 0.0);
  std::vector<std::size_t> row_of(columns + 1, rows);  // `rows`: free; the last column is where a path begins
  for (std::size_t row = 0; row < rows; ++row) {
    std::vector<double> least(columns, infinity);
    std::vector<std::size_t> before(columns, columns);
    std::vector<bool> done(columns + 1, false);
    std::size_t column = columns;
    row_of[column] = row;
    while (row_of[column] != rows) {
      done[column] = true;
      const std::size_t current = row_of[column];
      double step = infinity;
      std::size_t next = columns;
      for (std::size_t j = 0; j < columns; ++j) {
        if (done[j]) {
          continue;
        }
        const double reduced = cost[current][j] - row_price[current] - column_price[j];
        if (reduced < least[j]) {
          least[j] = reduced;
          before[j] = column;
        }
        if (least[j] < step) {
          step = least[j];
          next = j;
        }
      }
      for (std::size_t j = 0; j <= columns; ++j) {
        if (done[j]) {
          row_price[row_of[j]] += step;
          column_price[j] -= step;
        } else if (j < columns) {
          least[j] -= step;
        }
      }
      column = next;
    }
    while (column != columns) {
      row_of[column] = row_of[before[column]];
      column = before[column];
    }
  }
  std::vector<std::size_t> column_of(rows, 0);
  for (std::size_t j = 0; j < columns; ++j) {
    if (row_of[j] != rows) {
      column_of[row_of[j]] = j;
    }
  }
  return column_of;
}

}  // namespace distsne
