/// Scores along principal axes: centered rows times axes, a strip of rows at a time on each thread.
#include <algorithm>

#include "base/parallel.hpp"
#include "mpi/interruption.hpp"
#include "reduce/block.hpp"
#include "reduce/pca.hpp"
#include "reduce/scale.hpp"

namespace distsne {
namespace {

constexpr std::size_t part_rows = 48;  // of one piece of work

Panels panels_of_axes(const PrincipalComponents& components) {
  const auto columns = static_cast<std::size_t>(components.columns);
  Panels panels(columns, static_cast<std::size_t>(components.count));
  for (std::size_t j = 0; j < static_cast<std::size_t>(components.count); ++j) {
    for (std::size_t k = 0; k < columns; ++k) {
      panels.at(k, j) = components.axes[j * columns + k];
    }
  }
  return panels;
}

}  // namespace

template <class Score, class Real>
DistributedMatrix<Score> principal_scores(const Communicator& comm, const DistributedMatrix<Real>& x,
                                          const PrincipalComponents& components) {
  DistributedMatrix<Score> scores(x.partition, x.rank, components.count);
  const auto rows = static_cast<std::size_t>(x.local_rows());
  const auto columns = static_cast<std::size_t>(x.columns);
  const auto count = static_cast<std::size_t>(components.count);
  const Panels axes = panels_of_axes(components);
  std::vector<double> center = components.mean;
  center.resize(round_up(columns, panel_width), 0.0);
  struct Buffers {
    AlignedVector<double> centered = AlignedVector<double>(part_rows * task_depth);
    AlignedVector<double> sums;
  };
  std::vector<Buffers> buffers(static_cast<std::size_t>(threads()));

  parallel_for(static_cast<std::int64_t>(divide_up(rows, part_rows)), [&](std::int64_t piece) {
    if (asked_to_stop()) {
      return;
    }
    Buffers& own = buffers[thread_index()];
    own.sums.assign(part_rows * axes.columns, 0.0);
    const std::size_t first = static_cast<std::size_t>(piece) * part_rows;
    ScaleTask<Real> task;
    task.row_step = columns;
    task.count = std::min(part_rows, rows - first);
    task.out = own.centered.data();
    task.out_row = task_depth;
    ProductTask<double> product;
    product.left = own.centered.data();
    product.left_row = task_depth;
    product.rows = round_up(task.count, tile_step);
    product.right_panel = axes.panel_size();
    product.columns = axes.columns;
    product.out = own.sums.data();
    product.out_row = axes.columns;
    for (std::size_t k = 0; k < columns; k += task_depth) {
      task.rows = x.values.data() + first * columns + k;
      task.columns = std::min(task_depth, columns - k);
      task.center = center.data() + k;
      write_scaled(task);
      product.right = axes.values.data() + k * panel_width;
      product.depth = task.columns;
      add_products(product);
    }
    for (std::size_t i = 0; i < task.count; ++i) {
      Score* const out = scores.values.data() + (first + i) * count;
      for (std::size_t j = 0; j < count; ++j) {
        out[j] = static_cast<Score>(own.sums[i * axes.columns + j]);
      }
    }
  });
  stop_if_asked(comm);
  return scores;
}

template DistributedMatrix<float> principal_scores(const Communicator&, const DistributedMatrix<float>&,
                                                   const PrincipalComponents&);
template DistributedMatrix<double> principal_scores(const Communicator&, const DistributedMatrix<float>&,
                                                    const PrincipalComponents&);
template DistributedMatrix<float> principal_scores(const Communicator&, const DistributedMatrix<double>&,
                                                   const PrincipalComponents&);
template DistributedMatrix<double> principal_scores(const Communicator&, const DistributedMatrix<double>&,
                                                    const PrincipalComponents&);

}  // namespace distsne
