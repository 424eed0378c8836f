/// Transforming lines, transposing the spectrum, and multiplying it with the kernel's.
#include "field/convolution.hpp"

#include <algorithm>
#include <array>

#include "base/parallel.hpp"

namespace distsne {
namespace {

// Lines that are transformed together. They bound how many ranks can share the work, by columns and, in two dimensions,
// by the lines of a slab, which they divide.
constexpr std::size_t columns_per_batch = 4;
constexpr std::array<LocalIndex, 4> lines_per_batch{1, 1, 4, 16};

/// A buffer of one thread for some lines.
template <class T>
AlignedVector<T>& thread_lines(std::size_t count) {
  static thread_local AlignedVector<T> lines;
  if (lines.size() < count) {
    lines.resize(count);
  }
  return lines;
}

}  // namespace

template <class Real>
SlabConvolution<Real>::SlabConvolution(const Communicator& comm, const GridShape& shape)
    : comm_(comm), rank_(comm.rank()), shape_(shape), slabs_(RowPartition::spread(shape.tiles(0), comm.size())) {
  const auto padded = [&](std::size_t a) { return static_cast<std::size_t>(shape_.padded(a)); };
  const auto nodes = [&](std::size_t a) { return static_cast<std::size_t>(shape_.nodes[a]); };
  pitch_ = padded(2);
  spectrum_pitch_ = round_up(padded(2) / 2 + 1, columns_per_batch);
  column_count_ = spectrum_pitch_ * padded(1);
  columns_ = RowPartition::spread(static_cast<GlobalIndex>(column_count_ / columns_per_batch), comm.size());
  batch_lines_ = lines_per_batch[static_cast<std::size_t>(shape_.dims)];
  fast_ =
      LineBatch<Real>(LineBatch<Real>::Kind::real, shape_.padded(2), batch_lines_, static_cast<int>(spectrum_pitch_));
  middle_ = LineBatch<Real>(LineBatch<Real>::Kind::complex, shape_.padded(1), columns_per_batch, 0);
  slow_ = LineBatch<Real>(LineBatch<Real>::Kind::complex, shape_.padded(0), columns_per_batch, 0);

  const auto own = static_cast<std::size_t>(own_nodes());
  const auto batches = static_cast<std::size_t>(columns_.size(rank_));
  std::vector<std::int64_t> leaving;
  std::vector<std::int64_t> arriving;
  for (Rank r = 0; r < comm_.size(); ++r) {
    leaving.push_back(static_cast<std::int64_t>(own * columns_per_batch) * columns_.size(r));
    arriving.push_back(static_cast<std::int64_t>(batches * columns_per_batch) * slabs_.size(r) * shape_.tile[0]);
  }
  column_owners_ = nonzero_counts(leaving);
  slab_owners_ = nonzero_counts(arriving);
  slab_.resize(own * nodes(1) * pitch_);
  spectrum_.resize(own * nodes(1) * spectrum_pitch_);
  if (shape_.used(1)) {
    planes_.resize(own * column_count_);
  }
  sent_.resize(own * column_count_);
  received_.resize(batches * nodes(0) * columns_per_batch);
  kernel_.resize(batches * columns_per_batch * padded(0));
}

template <class Real>
void SlabConvolution<Real>::forward_lines(Fill fill) {
  const auto nodes1 = static_cast<std::size_t>(shape_.nodes[1]);
  const auto padded1 = static_cast<std::size_t>(shape_.padded(1));
  const std::size_t lines = static_cast<std::size_t>(own_nodes()) * nodes1;
  const auto batch = static_cast<std::size_t>(batch_lines_);
  const auto used = static_cast<std::size_t>(shape_.nodes[2]);
  parallel_for(static_cast<std::int64_t>(lines / batch), [&](std::int64_t index) {
    const std::size_t first = static_cast<std::size_t>(index) * batch;
    Real* const real = slab_.data() + first * pitch_;
    for (std::size_t l = 0; l < batch && pitch_ > 1; ++l) {
      Real* const line_values = real + l * pitch_;
      std::fill(line_values + used, line_values + pitch_, Real{0});
      for (std::size_t i = 1; i < used && fill == Fill::mirror; ++i) {
        line_values[pitch_ - i] = line_values[i];
      }
    }
    fast_.forward(real, spectrum_.data() + first * spectrum_pitch_);
    for (std::size_t l = first; l < first + batch; ++l) {
      Complex* const line_values = spectrum_.data() + l * spectrum_pitch_;
      std::fill(line_values + pitch_ / 2 + 1, line_values + spectrum_pitch_, Complex{});
    }
  });
  if (!shape_.used(1)) {
    return;
  }
  const std::size_t batches = spectrum_pitch_ / columns_per_batch;
  parallel_for(static_cast<std::int64_t>(static_cast<std::size_t>(own_nodes()) * batches), [&](std::int64_t index) {
    const std::size_t node = static_cast<std::size_t>(index) / batches;
    const std::size_t column = static_cast<std::size_t>(index) % batches * columns_per_batch;
    Complex* const to = planes_.data() + node * column_count_ + column * padded1;
    for (std::size_t c = 0; c < columns_per_batch; ++c) {
      Complex* const line_values = to + c * padded1;
      std::fill(line_values + nodes1, line_values + padded1, Complex{});
      for (std::size_t i = 0; i < nodes1; ++i) {
        line_values[i] = spectrum_[(node * nodes1 + i) * spectrum_pitch_ + column + c];
      }
      for (std::size_t i = 1; i < nodes1 && fill == Fill::mirror; ++i) {
        line_values[padded1 - i] = line_values[i];
      }
    }
    middle_.forward(to);
  });
}

template <class Real>
void SlabConvolution<Real>::backward_lines() {
  const auto nodes1 = static_cast<std::size_t>(shape_.nodes[1]);
  const auto padded1 = static_cast<std::size_t>(shape_.padded(1));
  if (shape_.used(1)) {
    const std::size_t batches = spectrum_pitch_ / columns_per_batch;
    parallel_for(static_cast<std::int64_t>(static_cast<std::size_t>(own_nodes()) * batches), [&](std::int64_t index) {
      const std::size_t node = static_cast<std::size_t>(index) / batches;
      const std::size_t column = static_cast<std::size_t>(index) % batches * columns_per_batch;
      Complex* const from = planes_.data() + node * column_count_ + column * padded1;
      middle_.backward(from);
      for (std::size_t c = 0; c < columns_per_batch; ++c) {
        for (std::size_t i = 0; i < nodes1; ++i) {
          spectrum_[(node * nodes1 + i) * spectrum_pitch_ + column + c] = from[c * padded1 + i];
        }
      }
    });
  }
  const auto batch = static_cast<std::size_t>(batch_lines_);
  const std::size_t lines = static_cast<std::size_t>(own_nodes()) * nodes1;
  parallel_for(static_cast<std::int64_t>(lines / batch), [&](std::int64_t index) {
    const std::size_t first = static_cast<std::size_t>(index) * batch;
    fast_.backward(spectrum_.data() + first * spectrum_pitch_, slab_.data() + first * pitch_);
  });
}

template <class Real>
void SlabConvolution<Real>::send_columns() {
  const AlignedVector<Complex>& from = shape_.used(1) ? planes_ : spectrum_;
  const auto own = static_cast<std::size_t>(own_nodes());
  const std::size_t batches = column_count_ / columns_per_batch;
  parallel_for(static_cast<std::int64_t>(batches), [&](std::int64_t index) {
    const auto b = static_cast<std::size_t>(index);
    Complex* const to = sent_.data() + b * own * columns_per_batch;
    for (std::size_t i = 0; i < own; ++i) {
      std::copy_n(from.data() + i * column_count_ + b * columns_per_batch, columns_per_batch,
                  to + i * columns_per_batch);
    }
  });
  comm_.sparse_all_to_all(std::as_bytes(std::span<const Complex>(sent_)), column_owners_,
                          std::as_writable_bytes(std::span<Complex>(received_)), slab_owners_, sizeof(Complex));
}

template <class Real>
void SlabConvolution<Real>::return_columns() {
  comm_.sparse_all_to_all(std::as_bytes(std::span<const Complex>(received_)), slab_owners_,
                          std::as_writable_bytes(std::span<Complex>(sent_)), column_owners_, sizeof(Complex));
  AlignedVector<Complex>& to = shape_.used(1) ? planes_ : spectrum_;
  const auto own = static_cast<std::size_t>(own_nodes());
  parallel_for(static_cast<std::int64_t>(column_count_ / columns_per_batch), [&](std::int64_t index) {
    const auto b = static_cast<std::size_t>(index);
    const Complex* const from = sent_.data() + b * own * columns_per_batch;
    for (std::size_t i = 0; i < own; ++i) {
      std::copy_n(from + i * columns_per_batch, columns_per_batch,
                  to.data() + i * column_count_ + b * columns_per_batch);
    }
  });
}

template <class Real>
void SlabConvolution<Real>::for_columns(Fill fill, bool keep, const std::function<void(std::int64_t, Complex*)>& work) {
  const auto nodes0 = static_cast<std::size_t>(shape_.nodes[0]);
  const auto padded0 = static_cast<std::size_t>(shape_.padded(0));
  const auto batches = static_cast<std::size_t>(columns_.size(rank_));
  // A node's place in received_: the blocks of the ranks come one after the other, batches within each.
  struct Slab {
    std::size_t first_node;
    std::size_t nodes;
    std::size_t offset;
  };
  std::vector<Slab> slabs;
  std::size_t offset = 0;
  for (const RankCount& owner : slab_owners_) {
    const auto width = static_cast<std::size_t>(shape_.tile[0]);
    const std::size_t count = static_cast<std::size_t>(slabs_.size(owner.rank)) * width;
    slabs.push_back({static_cast<std::size_t>(slabs_.begin(owner.rank)) * width, count, offset});
    offset += count * batches * columns_per_batch;
  }
  parallel_for(static_cast<std::int64_t>(batches), [&](std::int64_t index) {
    const auto b = static_cast<std::size_t>(index);
    Complex* const lines = thread_lines<Complex>(columns_per_batch * padded0).data();
    for (std::size_t c = 0; c < columns_per_batch && padded0 > 1; ++c) {
      std::fill(lines + c * padded0 + nodes0, lines + (c + 1) * padded0, Complex{});
    }
    for (const Slab& slab : slabs) {
      const Complex* const from = received_.data() + slab.offset + b * slab.nodes * columns_per_batch;
      for (std::size_t i = 0; i < slab.nodes; ++i) {
        for (std::size_t c = 0; c < columns_per_batch; ++c) {
          lines[c * padded0 + slab.first_node + i] = from[i * columns_per_batch + c];
        }
      }
    }
    for (std::size_t c = 0; c < columns_per_batch && fill == Fill::mirror; ++c) {
      for (std::size_t i = 1; i < nodes0; ++i) {
        lines[c * padded0 + padded0 - i] = lines[c * padded0 + i];
      }
    }
    work(index, lines);
    for (const Slab& slab : slabs) {
      Complex* const to = received_.data() + slab.offset + b * slab.nodes * columns_per_batch;
      for (std::size_t i = 0; i < slab.nodes && keep; ++i) {
        for (std::size_t c = 0; c < columns_per_batch; ++c) {
          to[i * columns_per_batch + c] = lines[c * padded0 + slab.first_node + i];
        }
      }
    }
  });
}

template <class Real>
void SlabConvolution<Real>::set_kernel(const std::function<double(LocalIndex, LocalIndex, LocalIndex)>& value,
                                       const std::function<double(std::size_t, LocalIndex)>& weight) {
  parallel_for(own_nodes(), [&](std::int64_t i0) {
    for (LocalIndex i1 = 0; i1 < shape_.nodes[1]; ++i1) {
      Real* const values = line(static_cast<LocalIndex>(i0), i1);
      for (LocalIndex i2 = 0; i2 < shape_.nodes[2]; ++i2) {
        values[i2] = static_cast<Real>(value(first_node() + static_cast<LocalIndex>(i0), i1, i2));
      }
    }
  });
  forward_lines(Fill::mirror);
  send_columns();
  const auto padded0 = static_cast<std::size_t>(shape_.padded(0));
  const auto padded1 = static_cast<std::size_t>(shape_.padded(1));
  std::array<std::vector<double>, 3> factor;
  double scale = 1.0;
  for (std::size_t a = 0; a < 3; ++a) {
    scale /= shape_.padded(a);
    for (LocalIndex f = 0; f < shape_.padded(a); ++f) {
      factor[a].push_back(shape_.used(a) ? weight(a, f) : 1.0);
    }
    factor[a].resize(std::max(factor[a].size(), spectrum_pitch_), 0.0);  // columns of padding
  }
  for_columns(Fill::mirror, false, [&](std::int64_t batch, Complex* lines) {
    slow_.forward(lines);
    for (std::size_t c = 0; c < columns_per_batch; ++c) {
      const std::size_t column = (static_cast<std::size_t>(columns_.begin(rank_) + batch)) * columns_per_batch + c;
      const double outer = scale * factor[2][column / padded1] * factor[1][column % padded1];
      Real* const to = kernel_.data() + (static_cast<std::size_t>(batch) * columns_per_batch + c) * padded0;
      for (std::size_t f = 0; f < padded0; ++f) {
        to[f] = static_cast<Real>(static_cast<double>(lines[c * padded0 + f].real()) * outer * factor[0][f]);
      }
    }
  });
}

template <class Real>
void SlabConvolution<Real>::apply() {
  forward_lines(Fill::zeros);
  send_columns();
  const std::size_t count = columns_per_batch * static_cast<std::size_t>(shape_.padded(0));
  for_columns(Fill::zeros, true, [&](std::int64_t batch, Complex* lines) {
    slow_.forward(lines);
    const Real* const factor = kernel_.data() + static_cast<std::size_t>(batch) * count;
    for (std::size_t i = 0; i < count; ++i) {
      lines[i] *= factor[i];
    }
    slow_.backward(lines);
  });
  return_columns();
  backward_lines();
}

template class SlabConvolution<float>;
template class SlabConvolution<double>;

}  // namespace distsne
