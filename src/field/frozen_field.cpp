/// Node values by the fields that there are, then a recursive filter along each dimension.
#include "field/frozen_field.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/parallel.hpp"
#include "field/bounds.hpp"
#include "field/grid_field.hpp"
#include "mpi/agreement.hpp"

namespace distsne {
namespace {

constexpr std::array<double, 4> steps{0.0, 0.25, 0.25, 0.5};  // by dimensions
constexpr double most_nodes = 0x1.0p28;
// Beyond, transforms are quicker than sums, which in 3 dimensions is later: there the grid is mostly empty.
constexpr std::array<double, 4> most_pairs_of_sums{0.0, 2e9, 2e9, 2e10};  // by dimensions
// Below what interpolation between the nodes loses, at the first step tried: fitting it would cost a grid each time.
constexpr std::array<double, 4> grid_accuracy{0.0, 5e-5, 5e-5, 1e-3};  // by dimensions
constexpr std::array<double, 2> poles{-0.430575347099973791851434783493520, -0.0430962882032646538271805321396};

/// Weights of the six nodes around a place in a cell of the grid, and their derivatives by the place in steps.
struct SplineWeights {
  std::array<double, 6> value{};
  std::array<double, 6> slope{};
  std::array<double, 6> curvature{};
};

/// B-splines of rising order by de Boor's recursion (de Boor 1978) for uniform knots.
SplineWeights spline_weights(double t) {
  std::array<std::array<double, 6>, 6> b{};
  b[0][0] = 1.0;
  for (std::size_t d = 1; d < 6; ++d) {
    for (std::size_t j = 0; j <= d; ++j) {
      const double left = j > 0 ? b[d - 1][j - 1] : 0.0;
      const double right = j < d ? b[d - 1][j] : 0.0;
      b[d][j] =
          ((static_cast<double>(d - j) + t) * left + (static_cast<double>(j + 1) - t) * right) / static_cast<double>(d);
    }
  }
  SplineWeights weights;
  weights.value = b[5];
  for (std::size_t j = 0; j < 6; ++j) {
    weights.slope[j] = (j > 0 ? b[4][j - 1] : 0.0) - (j < 5 ? b[4][j] : 0.0);
    weights.curvature[j] =
        (j > 1 ? b[3][j - 2] : 0.0) - (j > 0 && j < 5 ? 2.0 * b[3][j - 1] : 0.0) + (j < 4 ? b[3][j] : 0.0);
  }
  return weights;
}

/// Turns the samples of a line into the coefficients of its interpolating spline; the line is mirrored at its ends.
void filter_line(double* line, std::size_t count, std::size_t stride) {
  const auto at = [&](std::size_t i) -> double& { return line[i * stride]; };
  for (const double pole : poles) {
    const double gain = (1.0 - pole) * (1.0 - 1.0 / pole);
    for (std::size_t i = 0; i < count; ++i) {
      at(i) *= gain;
    }
    double first = at(0);
    double power = pole;
    for (std::size_t i = 1; i < std::min<std::size_t>(count, 60); ++i, power *= pole) {
      first += power * at(i);
    }
    at(0) = first;
    for (std::size_t i = 1; i < count; ++i) {
      at(i) += pole * at(i - 1);
    }
    at(count - 1) = pole / (pole * pole - 1.0) * (at(count - 1) + pole * at(count - 2));
    for (std::size_t i = count - 1; i-- > 0;) {
      at(i) = pole * (at(i + 1) - at(i));
    }
  }
}

/// Nodes whose sums are formed side by side.
constexpr std::size_t lanes = 8;

/// All points of a map, and their charges: without any, 1 each.
struct Charges {
  std::vector<float> points;
  std::vector<float> charges;
};

/// The sums of the kernel between each of some nodes and all points of `dims` coordinates, in the order of the points.
template <std::size_t dims, class Weight>
void sums_at(std::span<const float> nodes, const Charges& all, const Weight& weight, double* out) {
  const std::vector<float>& points = all.points;
  std::array<std::array<double, lanes>, dims> place{};
  for (std::size_t n = 0; n < nodes.size() / dims; ++n) {
    for (std::size_t m = 0; m < dims; ++m) {
      place[m][n] = static_cast<double>(nodes[n * dims + m]);
    }
  }
  std::array<double, lanes> sum{};
  for (std::size_t i = 0; i < points.size(); i += dims) {
    std::array<double, lanes> squared{};
    for (std::size_t m = 0; m < dims; ++m) {
      const auto point = static_cast<double>(points[i + m]);
      for (std::size_t n = 0; n < lanes; ++n) {
        squared[n] += (place[m][n] - point) * (place[m][n] - point);
      }
    }
    const double charge = all.charges.empty() ? 1.0 : static_cast<double>(all.charges[i / dims]);
    for (std::size_t n = 0; n < lanes; ++n) {
      sum[n] += charge * weight(squared[n]);
    }
  }
  std::copy_n(sum.begin(), nodes.size() / dims, out);
}

template <std::size_t dims>
void sums_at(std::span<const float> nodes, const Charges& all, const Kernel& kernel, double* out) {
  if (kernel.shape == KernelShape::student_t && kernel.tail == 1.0) {
    sums_at<dims>(
        nodes, all, [](double squared) { return 1.0 / (1.0 + squared); }, out);
  } else {
    sums_at<dims>(
        nodes, all, [&kernel](double squared) { return kernel.weight(squared); }, out);
  }
}

/// Potentials at this rank's nodes by the sum over all points, in the order of their rows.
std::vector<double> exact_sums(const Communicator& comm, const Embedding<float>& map, const Kernel& kernel,
                               const RowWeights<float>& weights, const Embedding<float>& nodes) {
  const auto dims = static_cast<std::size_t>(map.columns);
  Charges all;
  all.points.resize(static_cast<std::size_t>(map.rows()) * dims);
  comm.all_gather(std::span<const float>(map.values), map.partition.sizes(map.columns), all.points.data());
  if (weights) {
    all.charges.resize(static_cast<std::size_t>(map.rows()));
    comm.all_gather(std::span<const float>(*weights), map.partition.sizes(), all.charges.data());
  }
  const auto count = static_cast<std::size_t>(nodes.local_rows());
  std::vector<double> sums(count, 0.0);
  parallel_for(static_cast<std::int64_t>(divide_up(count, lanes)), [&](std::int64_t group) {
    const std::size_t first = static_cast<std::size_t>(group) * lanes;
    const std::size_t some = std::min(lanes, count - first);
    const auto places = std::span<const float>(nodes.values).subspan(first * dims, some * dims);
    double* const out = sums.data() + first;
    switch (map.columns) {
      case 1:
        sums_at<1>(places, all, kernel, out);
        break;
      case 2:
        sums_at<2>(places, all, kernel, out);
        break;
      default:
        sums_at<3>(places, all, kernel, out);
    }
  });
  return sums;
}

/// The same by the grid: nodes are points without charge.
std::vector<double> grid_sums(const Communicator& comm, const Embedding<float>& map, const Kernel& kernel,
                              const RowWeights<float>& weights, const Embedding<float>& nodes) {
  Timers timers;
  GridField<float> field(comm, kernel, GridOptions{grid_accuracy[static_cast<std::size_t>(map.columns)]});
  std::vector<GlobalIndex> sizes;
  for (Rank r = 0; r < comm.size(); ++r) {
    sizes.push_back(GlobalIndex{map.partition.size(r)} + nodes.partition.size(r));
  }
  Embedding<float> both(RowPartition(sizes), comm.rank(), map.columns);
  std::copy(nodes.values.begin(), nodes.values.end(),
            std::copy(map.values.begin(), map.values.end(), both.values.begin()));
  std::vector<float> charges(static_cast<std::size_t>(both.local_rows()), 0.0F);
  std::fill_n(charges.begin(), map.local_rows(), 1.0F);
  if (weights) {
    std::copy(weights->begin(), weights->end(), charges.begin());
  }
  CurrentMap<float> current(comm, both);
  FieldValues values;
  field.evaluate(current, true, charges, values, timers);
  return {values.potential.begin() + map.local_rows(), values.potential.end()};
}

}  // namespace

FrozenField::FrozenField(const Communicator& comm, const Embedding<float>& map, const Kernel& kernel,
                         const RowWeights<float>& weights)
    : dims_(static_cast<std::size_t>(map.columns)), step_(steps[dims_]) {
  choose_nodes(comm, map);
  const auto total = static_cast<GlobalIndex>(nodes_[0] * nodes_[1] * nodes_[2]);
  Embedding<float> nodes(RowPartition(total, comm.size()), comm.rank(), map.columns);
  for (LocalIndex n = 0; n < nodes.local_rows(); ++n) {
    auto rest = static_cast<std::size_t>(nodes.first_row() + n);
    for (std::size_t m = dims_; m-- > 0; rest /= nodes_[m]) {
      nodes.row(n)[m] = static_cast<float>(origin_[m] + step_ * static_cast<double>(rest % nodes_[m]));
    }
  }
  const bool quick = static_cast<double>(total) * static_cast<double>(map.rows()) <= most_pairs_of_sums[dims_];
  const std::vector<double> own =
      quick ? exact_sums(comm, map, kernel, weights, nodes) : grid_sums(comm, map, kernel, weights, nodes);
  coefficients_.resize(static_cast<std::size_t>(total));
  comm.all_gather(std::span<const double>(own), nodes.partition.sizes(), coefficients_.data());
  prefilter();

  std::vector<double> potentials(static_cast<std::size_t>(map.local_rows()));
  parallel_for(map.local_rows(), [&](std::int64_t i) {
    std::array<double, 3> place{};
    std::copy_n(map.row(static_cast<LocalIndex>(i)).begin(), dims_, place.begin());
    const double weight = weights ? static_cast<double>((*weights)[static_cast<std::size_t>(i)]) : 1.0;
    potentials[static_cast<std::size_t>(i)] = weight * (at(place.data()).potential - weight + duplicates_of(weight));
  });
  const ExactSum sum = exact_sum(potentials);
  total_ = comm.sum(std::span<const ExactSum>(&sum, 1))[0];
}

void FrozenField::choose_nodes(const Communicator& comm, const Embedding<float>& map) {
  const Bounds bounds = find_bounds(comm, map);
  double total = 1.0;
  for (std::size_t m = 0; m < dims_; ++m) {
    // Whole steps, which float holds exactly, so that nodes lie where they are said to.
    origin_[m] = step_ * std::floor((bounds.low[m] - margin) / step_);
    const double count = std::ceil((bounds.low[m] + bounds.extent[m] + margin - origin_[m]) / step_) + 1.0;
    total *= count;
    nodes_[m] = static_cast<std::size_t>(std::min(count, most_nodes));
  }
  require_everywhere(comm, total <= most_nodes,
                     fmt::format("the map is too wide for its field to be kept: {:.3g} nodes of a grid", total),
                     ExitCode::failure);
}

void FrozenField::prefilter() {
  std::size_t stride = 1;
  for (std::size_t m = dims_; m-- > 0; stride *= nodes_[m]) {
    const std::size_t lines = coefficients_.size() / nodes_[m];
    parallel_for(static_cast<std::int64_t>(lines), [&](std::int64_t index) {
      const auto line = static_cast<std::size_t>(index);
      filter_line(coefficients_.data() + line / stride * stride * nodes_[m] + line % stride, nodes_[m], stride);
    });
  }
}

void FrozenField::clamp(double* place) const {
  for (std::size_t m = 0; m < dims_; ++m) {
    // Three nodes on either side of a place.
    place[m] =
        std::clamp(place[m], origin_[m] + 2.0 * step_, origin_[m] + step_ * (static_cast<double>(nodes_[m]) - 4.0));
  }
}

template <std::size_t dims>
FrozenField::Value FrozenField::value_at(const double* place) const {
  std::array<double, 3> inside{};
  std::copy_n(place, dims, inside.begin());
  clamp(inside.data());
  std::array<SplineWeights, dims> weights{};
  std::array<std::size_t, 3> first{};
  for (std::size_t m = 0; m < dims; ++m) {
    const double cell = (inside[m] - origin_[m]) / step_;
    const double whole = std::floor(cell);
    weights[m] = spline_weights(cell - whole);
    first[m] = static_cast<std::size_t>(whole) - 2;
  }
  // Sums over the nodes for each combination of derivatives: 0, 1 or 2 along each dimension, 2 in all.
  constexpr std::array<std::size_t, 3> width{6, dims > 1 ? 6 : 1, dims > 2 ? 6 : 1};
  constexpr std::array<std::size_t, 3> orders{3, dims > 1 ? 3 : 1, dims > 2 ? 3 : 1};
  const auto weight = [&]<std::size_t m>(std::integral_constant<std::size_t, m>, std::size_t order, std::size_t j) {
    if constexpr (m < dims) {
      return order == 0 ? weights[m].value[j] : order == 1 ? weights[m].slope[j] : weights[m].curvature[j];
    } else {
      return 1.0;
    }
  };
  constexpr std::integral_constant<std::size_t, 0> slow;
  constexpr std::integral_constant<std::size_t, 1> middle;
  constexpr std::integral_constant<std::size_t, 2> fast;
  Value value;
  std::array<std::array<std::array<double, 3>, 3>, 3> sums{};
  for (std::size_t a = 0; a < width[0]; ++a) {
    std::array<std::array<double, 3>, 3> plane{};
    for (std::size_t b = 0; b < width[1]; ++b) {
      std::array<double, 3> line{};
      const double* const start =
          coefficients_.data() + ((first[0] + a) * nodes_[1] + first[1] + b) * nodes_[2] + first[2];
      for (std::size_t c = 0; c < width[2]; ++c) {
        for (std::size_t order = 0; order < orders[2]; ++order) {
          line[order] += weight(fast, order, c) * start[c];
        }
      }
      for (std::size_t q = 0; q < orders[1]; ++q) {
        for (std::size_t r = 0; r < orders[2] && q + r < 3; ++r) {
          plane[q][r] += weight(middle, q, b) * line[r];
        }
      }
    }
    for (std::size_t p = 0; p < orders[0]; ++p) {
      for (std::size_t q = 0; q < orders[1] && p + q < 3; ++q) {
        for (std::size_t r = 0; r < orders[2] && p + q + r < 3; ++r) {
          sums[p][q][r] += weight(slow, p, a) * plane[q][r];
        }
      }
    }
  }
  value.potential = sums[0][0][0];
  const double slope = 1.0 / step_;
  value.gradient = {sums[1][0][0] * slope, sums[0][1][0] * slope, sums[0][0][1] * slope};
  const double bend = slope * slope;
  value.hessian = {{{sums[2][0][0] * bend, sums[1][1][0] * bend, sums[1][0][1] * bend},
                    {sums[1][1][0] * bend, sums[0][2][0] * bend, sums[0][1][1] * bend},
                    {sums[1][0][1] * bend, sums[0][1][1] * bend, sums[0][0][2] * bend}}};
  return value;
}

FrozenField::Value FrozenField::at(const double* place) const {
  return dims_ == 1 ? value_at<1>(place) : dims_ == 2 ? value_at<2>(place) : value_at<3>(place);
}

FrozenField::Value direct_value(std::span<const float> points, std::size_t dims, const Kernel& kernel,
                                const double* place, std::span<const float> weights) {
  FrozenField::Value value;
  for (std::size_t n = 0; n < points.size(); n += dims) {
    std::array<double, 3> apart{};
    double squared = 0.0;
    for (std::size_t m = 0; m < dims; ++m) {
      apart[m] = place[m] - static_cast<double>(points[n + m]);
      squared += apart[m] * apart[m];
    }
    const double w = kernel.weight(squared) * (weights.empty() ? 1.0 : static_cast<double>(weights[n / dims]));
    const auto [slope, curvature] = kernel.derivatives(squared);
    value.potential += w;
    for (std::size_t i = 0; i < dims; ++i) {
      value.gradient[i] += 2.0 * w * slope * apart[i];
      value.hessian[i][i] += 2.0 * w * slope;
      for (std::size_t j = 0; j < dims; ++j) {
        value.hessian[i][j] += 4.0 * w * curvature * apart[i] * apart[j];
      }
    }
  }
  return value;
}

}  // namespace distsne
