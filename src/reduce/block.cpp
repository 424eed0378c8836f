/// Cutting a product of small matrices into tasks.
#include "reduce/block.hpp"

#include <algorithm>

#include "base/parallel.hpp"

namespace distsne {

LeftFactor plain(const Block& block) {
  return {block.values.data(), block.stride, 1, round_up(block.rows, tile_step), block.columns};
}

LeftFactor transposed(const Block& block) { return {block.values.data(), 1, block.stride, block.stride, block.rows}; }

Panels::Panels(std::size_t depth_in, std::size_t columns_in)
    : depth(depth_in), columns(round_up(columns_in, tile_step)), values(depth_in * round_up(columns_in, panel_width)) {}

Panels panels_of(const Block& block) {
  Panels panels(block.rows, block.columns);
  for (std::size_t first = 0; first < block.columns; first += panel_width) {
    const std::size_t width = std::min(panel_width, block.columns - first);
    double* out = panels.values.data() + first / panel_width * panels.panel_size();
    for (std::size_t k = 0; k < block.rows; ++k) {
      std::copy_n(block.row(k) + first, width, out + k * panel_width);
    }
  }
  return panels;
}

void multiply(const LeftFactor& left, const Panels& right, Block& out) {
  constexpr std::size_t most_for_one = std::size_t{1}
                                       << 26U;  // multiplications (a millisecond) that do not pay for a wait
  const bool small = left.rows * right.columns * left.depth <= most_for_one;
  const std::size_t group = small ? left.rows : 48;  // rows of one piece of work
  const std::size_t groups = left.rows == 0 ? 0 : divide_up(left.rows, group);
  parallel_for(static_cast<std::int64_t>(groups), [&](std::int64_t piece) {
    ProductTask<double> task;
    const std::size_t first = static_cast<std::size_t>(piece) * group;
    task.left_row = left.row_step;
    task.left_depth = left.depth_step;
    task.rows = std::min(group, left.rows - first);
    task.right_panel = right.panel_size();
    task.columns = right.columns;
    task.out = out.row(first);
    task.out_row = out.stride;
    std::fill_n(task.out, task.rows * out.stride, 0.0);
    for (std::size_t k = 0; k < left.depth; k += task_depth) {
      task.left = left.data + first * left.row_step + k * left.depth_step;
      task.right = right.values.data() + k * panel_width;
      task.depth = std::min(task_depth, left.depth - k);
      add_products(task);
    }
  });
}

}  // namespace distsne
