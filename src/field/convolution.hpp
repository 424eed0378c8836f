/// Convolution of a grid with a kernel by transforms, each rank a slab of the grid.
#pragma once

#include <functional>

#include "distsne/base/aligned.hpp"
#include "distsne/mpi/communicator.hpp"
#include "distsne/mpi/partition.hpp"
#include "field/fft.hpp"
#include "field/grid_layout.hpp"

namespace distsne {

/// Axis 0 is cut into slabs of whole tiles, spread over the ranks. Lines along the other axes are transformed where
/// they lie; for axis 0 the spectrum is transposed over the ranks, so that each rank has whole lines of some columns,
/// and back. Only lines that hold something are transformed: half of each axis is padding.
template <class Real>
class SlabConvolution {
 public:
  using Complex = std::complex<Real>;

  /// Collective.
  SlabConvolution(const Communicator& comm, const GridShape& shape);

  [[nodiscard]] const GridShape& shape() const { return shape_; }
  /// Tiles along axis 0 of each rank.
  [[nodiscard]] const RowPartition& slabs() const { return slabs_; }
  [[nodiscard]] LocalIndex first_node() const { return narrow<LocalIndex>(slabs_.begin(rank_)) * shape_.tile[0]; }
  [[nodiscard]] LocalIndex own_nodes() const { return slabs_.size(rank_) * shape_.tile[0]; }
  /// Value of node (i0, i1, i2) of this rank, i0 counted from first_node(); i2 may run up to shape().padded(2).
  [[nodiscard]] Real* line(LocalIndex i0, LocalIndex i1) {
    return slab_.data() +
           (static_cast<std::size_t>(i0) * static_cast<std::size_t>(shape_.nodes[1]) + static_cast<std::size_t>(i1)) *
               pitch_;
  }

  /// Collective. Sets the kernel from its values at offsets of (a, b, c) nodes, all of them below the number of nodes,
  /// even in each offset; `weight` (axis, frequency) multiplies its transform.
  void set_kernel(const std::function<double(LocalIndex, LocalIndex, LocalIndex)>& value,
                  const std::function<double(std::size_t axis, LocalIndex frequency)>& weight);

  /// Collective. Replaces the values of the slabs by their convolution with the kernel. What lies beyond the grid's
  /// nodes on the fast axis is taken as zero and left undefined.
  void apply();

 private:
  enum class Fill { zeros, mirror };

  void forward_lines(Fill fill);
  void backward_lines();
  void send_columns();
  void return_columns();
  /// Calls work(batch, lines) with the whole lines of some columns along axis 0, and takes back what it leaves in them
  /// when `keep` says so.
  void for_columns(Fill fill, bool keep, const std::function<void(std::int64_t, Complex*)>& work);

  const Communicator comm_;
  Rank rank_;
  GridShape shape_;
  RowPartition slabs_;
  RowPartition columns_;                  // batches of columns of each rank
  std::vector<RankCount> column_owners_;  // complex numbers that go to each rank when the spectrum is transposed
  std::vector<RankCount> slab_owners_;    // and that come from each
  std::size_t pitch_ = 0;                 // reals from one line of the slab to the next
  std::size_t spectrum_pitch_ = 0;        // complex numbers of a transformed line, padded
  std::size_t column_count_ = 0;          // of a node of axis 0
  LocalIndex batch_lines_ = 1;            // lines of the fast axis that are transformed together

  LineBatch<Real> fast_;
  LineBatch<Real> middle_;
  LineBatch<Real> slow_;
  AlignedVector<Real> slab_;
  AlignedVector<Complex> spectrum_;  // line, frequency
  AlignedVector<Complex> planes_;  // node of axis 0, frequency of axis 2, frequency of axis 1; only with a middle axis
  AlignedVector<Complex> sent_;    // rank, batch, own node, column
  AlignedVector<Complex> received_;  // rank, batch, node of that rank, column
  AlignedVector<Real> kernel_;       // batch, column, frequency of axis 0
};

extern template class SlabConvolution<float>;
extern template class SlabConvolution<double>;

}  // namespace distsne
