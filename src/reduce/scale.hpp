/// Reading rows of X by SIMD: the range of each column, and blocks written for the product kernel.
#pragma once

#include <cstddef>

#include "reduce/products.hpp"

namespace distsne {

/// Writes (x - center) * inverse for a block of rows: column c of row r goes to
/// out[r * out_row + c / 24 * out_panel + c % 24]. The last panel is filled up with zeros.
template <class Real>
struct ScaleTask {
  const Real* rows = nullptr;
  std::size_t row_step = 0;  // elements from one row to the next
  std::size_t count = 0;     // of rows
  std::size_t columns = 0;
  const double* center = nullptr;   // whole panels, zeros beyond the last column
  const double* inverse = nullptr;  // likewise; null: factors of 1 and no rounding, otherwise rounded to integers
  double* out = nullptr;
  std::size_t out_row = panel_width;
  std::size_t out_panel = panel_width;
  // Sums over the rows, added to whole panels where given: of the integers, and of (x - center) * inverse * fine
  // rounded. All are exact while below 2^53.
  double* whole_sums = nullptr;
  double* fine_sums = nullptr;
  double fine = 1.0;
};

void write_scaled(const ScaleTask<float>& task);
void write_scaled(const ScaleTask<double>& task);

/// A block of rows and the least and greatest values of its columns, joined to what `low` and `high` held before.
template <class Real>
struct RangeTask {
  const Real* rows = nullptr;
  std::size_t count = 0;
  std::size_t columns = 0;
  Real* low = nullptr;
  Real* high = nullptr;
};

void join_ranges(const RangeTask<float>& task);
void join_ranges(const RangeTask<double>& task);

}  // namespace distsne
