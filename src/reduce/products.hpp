/// Sums of products in registers: the one inner loop of covariances, eigenvectors and scores.
#pragma once

#include <cstddef>
#include <cstdint>

namespace distsne {

/// Columns that share a panel of the right factor.
inline constexpr std::size_t panel_width = 24;
/// Numbers of rows and columns of a task are multiples of this.
inline constexpr std::size_t tile_step = 8;

/// out(i, j) += sum over k < depth of left(i, k) right(k, j). The sum of an element runs over k in order and is added
/// to `out` at the end, so its bits depend neither on the other elements of the task nor on how a matrix is cut into
/// tasks along i and j. Out is double, or std::int64_t for factors that are integers with all sums below 2^53.
template <class Out>
struct ProductTask {
  const double* left = nullptr;  // left(i, k) = left[i * left_row + k * left_depth]
  std::size_t left_row = 1;
  std::size_t left_depth = 1;
  std::size_t rows = 0;
  const double* right = nullptr;  // right(k, j) = right[j / 24 * right_panel + k * 24 + j % 24]; on a cache line
  std::size_t right_panel = 0;
  std::size_t columns = 0;
  std::size_t depth = 0;
  Out* out = nullptr;       // out(i, j) = out[i * out_row + j]; on a cache line
  std::size_t out_row = 0;  // a multiple of 8
};

void add_products(const ProductTask<double>& task);
void add_products(const ProductTask<std::int64_t>& task);

}  // namespace distsne
