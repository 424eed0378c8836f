/// Strips of rows: first their products with the vectors, then the sums of those times the columns of X.
#include "reduce/covariance_product.hpp"

#include <algorithm>
#include <cmath>

#include "base/parallel.hpp"
#include "mpi/interruption.hpp"
#include "reduce/scale.hpp"

namespace distsne {
namespace {

constexpr std::size_t strip_rows = 4 * exact_rows;
constexpr std::size_t part_rows = 64;      // of one piece of work along the rows; divides exact_rows
constexpr std::size_t part_columns = 240;  // of one piece of work along the columns: ten panels
constexpr std::size_t buffer_size = part_columns * exact_rows;
static_assert(part_rows * task_depth <= buffer_size);

std::int64_t pieces(std::size_t count, std::size_t step) { return static_cast<std::int64_t>(divide_up(count, step)); }

/// The columns [column, column + count) of `rows` rows from `first` as integers.
template <class Real>
ScaleTask<Real> integers_of(const DistributedMatrix<Real>& x, const ColumnUnits& units, std::size_t first,
                            std::size_t rows, std::size_t column, std::size_t columns, double* out) {
  ScaleTask<Real> task;
  task.row_step = static_cast<std::size_t>(x.columns);
  task.rows = x.values.data() + first * task.row_step + column;
  task.count = rows;
  task.columns = std::min(columns, task.row_step - column);
  task.center = units.center.data() + column;
  task.inverse = units.inverse.data() + column;
  task.out = out;
  return task;
}

}  // namespace

template <class Real>
CovarianceProduct<Real>::CovarianceProduct(const Communicator& comm, const DistributedMatrix<Real>& x)
    : comm_(comm),
      x_(x),
      units_(column_units(comm, x)),
      buffers_(static_cast<std::size_t>(threads()), AlignedVector<double>(buffer_size)) {
  find_moments();
  center_at_means();
  find_longest_row();
}

template <class Real>
void CovarianceProduct<Real>::find_moments() {
  const auto columns = static_cast<std::size_t>(x_.columns);
  const auto rows = static_cast<std::size_t>(x_.local_rows());
  std::vector<std::int64_t> sums(3 * columns, 0);  // of integers, fine integers, squares of integers
  parallel_for(pieces(columns, part_columns), [&](std::int64_t piece) {
    const std::size_t begin = static_cast<std::size_t>(piece) * part_columns;
    double* const buffer = buffers_[thread_index()].data();
    for (std::size_t first = 0; first < rows; first += exact_rows) {
      std::vector<double> part(2 * part_columns, 0.0);
      ScaleTask<Real> task =
          integers_of(x_, units_, first, std::min(exact_rows, rows - first), begin, part_columns, buffer);
      task.out_row = part_columns;
      task.whole_sums = part.data();
      task.fine_sums = part.data() + part_columns;
      task.fine = std::ldexp(1.0, units_.fraction_bits);
      write_scaled(task);
      std::vector<double> squares(part_columns, 0.0);
      for (std::size_t r = 0; r < task.count; ++r) {
        for (std::size_t c = 0; c < task.columns; ++c) {
          squares[c] += buffer[r * part_columns + c] * buffer[r * part_columns + c];
        }
      }
      for (std::size_t c = 0; c < task.columns; ++c) {
        sums[begin + c] += static_cast<std::int64_t>(part[c]);
        sums[columns + begin + c] += static_cast<std::int64_t>(part[part_columns + c]);
        sums[2 * columns + begin + c] += static_cast<std::int64_t>(squares[c]);
      }
    }
  });
  comm_.sum(std::span<std::int64_t>(sums));
  for (std::size_t c = 0; c < columns; ++c) {
    mean_.push_back(units_.mean(c, sums[columns + c], x_.rows()));
    const double unit = units_.relative_unit(c);
    total_variance_ += centered_product(x_.rows(), sums[2 * columns + c], sums[c], sums[c]) * unit * unit;
  }
}

/// From the middles of the columns to their means, and to units twice as large, as one side of a mean may be wider.
template <class Real>
void CovarianceProduct<Real>::center_at_means() {
  ++units_.largest;
  total_variance_ *= 0.25;
  for (std::size_t c = 0; c < mean_.size(); ++c) {
    units_.center[c] = mean_[c];
    units_.inverse[c] *= 0.5;
    ++units_.exponent[c];
    relative_unit_.push_back(units_.relative_unit(c));
  }
}

template <class Real>
void CovarianceProduct<Real>::find_longest_row() {
  const auto columns = static_cast<std::size_t>(x_.columns);
  const auto rows = static_cast<std::size_t>(x_.local_rows());
  std::vector<double> longest(static_cast<std::size_t>(pieces(rows, part_rows)) + 1, 0.0);
  parallel_for(pieces(rows, part_rows), [&](std::int64_t piece) {
    const std::size_t first = static_cast<std::size_t>(piece) * part_rows;
    std::vector<double> squares(part_rows, 0.0);
    for (std::size_t begin = 0; begin < columns; begin += task_depth) {
      double* const buffer = buffers_[thread_index()].data();
      ScaleTask<Real> task =
          integers_of(x_, units_, first, std::min(part_rows, rows - first), begin, task_depth, buffer);
      task.out_row = task_depth;
      write_scaled(task);
      for (std::size_t r = 0; r < task.count; ++r) {
        for (std::size_t c = 0; c < task.columns; ++c) {
          const double value = buffer[r * task_depth + c] * relative_unit_[begin + c];
          squares[r] += value * value;
        }
      }
    }
    longest[static_cast<std::size_t>(piece)] = std::sqrt(*std::max_element(squares.begin(), squares.end()));
  });
  longest_row_ = comm_.max(*std::max_element(longest.begin(), longest.end()));
}

template <class Real>
void CovarianceProduct<Real>::multiply_rows(std::size_t first, std::size_t count, const Panels& vectors,
                                            const std::vector<double>& inverse) {
  const auto columns = static_cast<std::size_t>(x_.columns);
  const std::size_t width = vectors.columns;
  const std::size_t block_size = round_up(width, panel_width) * exact_rows;
  const std::vector<double> zeros(round_up(width, panel_width), 0.0);

  parallel_for(pieces(count, part_rows), [&](std::int64_t piece) {
    const std::size_t begin = static_cast<std::size_t>(piece) * part_rows;
    const std::size_t part = std::min(part_rows, count - begin);
    double* const buffer = buffers_[thread_index()].data();
    AlignedVector<double> image(part_rows * width, 0.0);
    ProductTask<double> product;
    product.left = buffer;
    product.left_row = task_depth;
    product.rows = round_up(part, tile_step);
    product.right_panel = vectors.panel_size();
    product.columns = width;
    product.out = image.data();
    product.out_row = width;
    for (std::size_t k = 0; k < columns; k += task_depth) {
      ScaleTask<Real> task = integers_of(x_, units_, first + begin, part, k, task_depth, buffer);
      task.out_row = task_depth;
      write_scaled(task);
      product.right = vectors.values.data() + k * panel_width;
      product.depth = task.columns;
      add_products(product);
    }
    ScaleTask<double> rounding;
    rounding.rows = image.data();
    rounding.row_step = width;
    rounding.count = part;
    rounding.columns = width;
    rounding.center = zeros.data();
    rounding.inverse = inverse.data();
    rounding.out = images_.data() + begin / exact_rows * block_size + begin % exact_rows * panel_width;
    rounding.out_panel = exact_rows * panel_width;
    write_scaled(rounding);
  });
}

template <class Real>
void CovarianceProduct<Real>::add_column_products(std::size_t first, std::size_t count, std::size_t width) {
  const auto columns = static_cast<std::size_t>(x_.columns);
  const std::size_t block_size = round_up(width, panel_width) * exact_rows;
  parallel_for(pieces(columns, part_columns), [&](std::int64_t piece) {
    const std::size_t column = static_cast<std::size_t>(piece) * part_columns;
    double* const buffer = buffers_[thread_index()].data();
    ProductTask<std::int64_t> product;
    product.left_depth = panel_width;
    product.rows = panel_width;
    product.right_panel = exact_rows * panel_width;
    product.columns = width;
    product.out_row = width;
    for (std::size_t begin = 0; begin < count; begin += exact_rows) {
      ScaleTask<Real> task =
          integers_of(x_, units_, first + begin, std::min(exact_rows, count - begin), column, part_columns, buffer);
      task.out_panel = exact_rows * panel_width;
      write_scaled(task);
      product.right = images_.data() + begin / exact_rows * block_size;
      product.depth = task.count;
      for (std::size_t c = 0; c < task.columns; c += panel_width) {
        product.left = buffer + c / panel_width * task.out_panel;
        product.out = sums_.data() + (column + c) * width;
        add_products(product);
      }
    }
  });
}

template <class Real>
void CovarianceProduct<Real>::operator()(const Block& in, Block& out) {
  const std::size_t width = in.stride;
  // A row's product with a vector is at most the product of their lengths: the unit of that vector's integers.
  std::vector<double> squares(width, 0.0);
  for (std::size_t c = 0; c < in.rows; ++c) {
    for (std::size_t j = 0; j < width; ++j) {
      squares[j] += in.row(c)[j] * in.row(c)[j];
    }
  }
  std::vector<double> inverse(round_up(width, panel_width), 0.0);
  std::vector<double> unit(width, 0.0);
  for (std::size_t j = 0; j < width; ++j) {
    constexpr double for_rounding = 1.0 + 1e-9;
    const double bound = for_rounding * longest_row_ * std::sqrt(squares[j]);
    int exponent = 0;
    std::frexp(bound, &exponent);
    if (bound > 0.0) {
      unit[j] = std::ldexp(1.0, exponent - units_.bits);
      inverse[j] = 1.0 / unit[j];
    }
  }
  Block scaled = in;
  for (std::size_t c = 0; c < in.rows; ++c) {
    for (std::size_t j = 0; j < width; ++j) {
      scaled.row(c)[j] *= relative_unit_[c];
    }
  }
  const Panels vectors = panels_of(scaled);

  sums_.assign(round_up(in.rows, panel_width) * width, 0);
  images_.resize(strip_rows * round_up(width, panel_width));
  const auto rows = static_cast<std::size_t>(x_.local_rows());
  for (std::size_t first = 0; first < rows && !asked_to_stop(); first += strip_rows) {
    const std::size_t count = std::min(strip_rows, rows - first);
    multiply_rows(first, count, vectors, inverse);
    add_column_products(first, count, width);
  }
  stop_if_asked(comm_);
  comm_.sum(std::span<std::int64_t>(sums_).first(in.rows * width));
  const auto divisor = static_cast<double>(std::max<GlobalIndex>(1, x_.rows() - 1));
  for (std::size_t c = 0; c < in.rows; ++c) {
    for (std::size_t j = 0; j < width; ++j) {
      out.row(c)[j] = static_cast<double>(sums_[c * width + j]) * relative_unit_[c] * unit[j] / divisor;
    }
  }
}

template class CovarianceProduct<float>;
template class CovarianceProduct<double>;

}  // namespace distsne
