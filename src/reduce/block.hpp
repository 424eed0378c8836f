/// Small dense matrices of doubles that every rank holds whole, and their products on all threads.
#pragma once

#include <cstddef>

#include "distsne/base/aligned.hpp"
#include "distsne/base/types.hpp"
#include "reduce/products.hpp"

namespace distsne {

/// Row-major, padded with zeros to whole tiles in both directions.
struct Block {
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::size_t stride = 0;  ///< elements from one row to the next
  AlignedVector<double> values;

  Block() = default;
  Block(std::size_t rows_in, std::size_t columns_in)
      : rows(rows_in),
        columns(columns_in),
        stride(round_up(columns_in, tile_step)),
        values(round_up(rows_in, tile_step) * stride) {}

  [[nodiscard]] double* row(std::size_t i) { return values.data() + i * stride; }
  [[nodiscard]] const double* row(std::size_t i) const { return values.data() + i * stride; }
};

/// A left factor: element (i, k) is data[i * row_step + k * depth_step].
struct LeftFactor {
  const double* data = nullptr;
  std::size_t row_step = 0;
  std::size_t depth_step = 0;
  std::size_t rows = 0;  ///< a multiple of tile_step
  std::size_t depth = 0;
};
[[nodiscard]] LeftFactor plain(const Block& block);
[[nodiscard]] LeftFactor transposed(const Block& block);

/// A right factor: panels of 24 columns, each with its rows one after the other.
struct Panels {
  std::size_t depth = 0;
  std::size_t columns = 0;  ///< a multiple of tile_step
  AlignedVector<double> values;

  Panels() = default;
  Panels(std::size_t depth_in, std::size_t columns_in);

  [[nodiscard]] std::size_t panel_size() const { return depth * panel_width; }
  /// Element (k, j).
  [[nodiscard]] double& at(std::size_t k, std::size_t j) {
    return values[j / panel_width * panel_size() + k * panel_width + j % panel_width];
  }
};
[[nodiscard]] Panels panels_of(const Block& block);

/// Depth of one task: panels of it stay in the second-level cache.
inline constexpr std::size_t task_depth = 480;

/// out = left * right on all threads; `out` holds left.rows x right.columns elements. Every element is summed in the
/// same order wherever it stands.
void multiply(const LeftFactor& left, const Panels& right, Block& out);

}  // namespace distsne
