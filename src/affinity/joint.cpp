/// Joint affinities and their entropy.
#include "affinity/joint.hpp"

#include <array>
#include <cmath>

#include "affinity/symmetrize.hpp"
#include "base/parallel.hpp"

namespace distsne {
namespace {

template <class Real>
std::pair<const Real*, const Real*> entries(const DenseRows<Real>& rows, LocalIndex i) {
  return {rows.row(i), rows.row(i) + rows.stride};
}

template <class Real>
std::pair<const Real*, const Real*> entries(const SparseRows<Real>& rows, LocalIndex i) {
  return {rows.values.data() + rows.begin[static_cast<std::size_t>(i)],
          rows.values.data() + rows.begin[static_cast<std::size_t>(i) + 1]};
}

/// Rows with weights, as the symmetrization, which divides by 2N, has to find them: times w_i N / W.
template <class Real>
void weigh(SparseRows<Real>& rows, const AlignedVector<Real>& weights, double total) {
  const double unit = static_cast<double>(rows.partition.rows()) / total;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const auto factor = static_cast<Real>(static_cast<double>(weights[i]) * unit);
    for (auto e = static_cast<std::size_t>(rows.begin[i]); e < static_cast<std::size_t>(rows.begin[i + 1]); ++e) {
      rows.values[e] *= factor;
    }
  }
}

/// What weights add to sum p log p, over all ranks: -sum_{i != j} p_ij log(w_i w_j), which is the same from either
/// side, and the duplicates of each row.
template <class Real>
double sum_of_weights(const Communicator& comm, const SparseRows<Real>& rows, const AlignedVector<Real>& weights,
                      const std::vector<double>& own, double total) {
  std::array<ExactSum, 1> sum;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const auto weight = static_cast<double>(weights[i]);
    const auto [begin, end] = entries(rows, static_cast<LocalIndex>(i));
    double of_row = 0.0;
    for (const auto* p = begin; p != end; ++p) {
      of_row += static_cast<double>(*p);
    }
    sum[0].add(-2.0 * of_row * std::log(weight));
    if (own[i] > 0.0) {
      sum[0].add(weight * own[i] / total * std::log(own[i] / (total * duplicates_of(weight))));
    }
  }
  return comm.sum(std::span<const ExactSum>(sum))[0];
}

/// sum p log p over all ranks.
template <class Rows>
double sum_p_log_p(const Communicator& comm, const Rows& rows) {
  std::vector<double> row_sums(static_cast<std::size_t>(rows.local_rows()));
  parallel_for((rows.local_rows() + 255) / 256, [&](std::int64_t piece) {
    const auto first = static_cast<LocalIndex>(piece * 256);
    for (LocalIndex i = first; i < std::min<LocalIndex>(rows.local_rows(), first + 256); ++i) {
      const auto [begin, end] = entries(rows, i);
      double sum = 0.0;
      for (const auto* p = begin; p != end; ++p) {
        if (*p > 0) {
          sum += static_cast<double>(*p) * static_cast<double>(std::log(*p));
        }
      }
      row_sums[static_cast<std::size_t>(i)] = sum;
    }
  });
  const std::array<ExactSum, 1> total{exact_sum(row_sums)};
  return comm.sum(std::span<const ExactSum>(total))[0];
}

}  // namespace

template <class Real>
JointAffinities<Real> joint_affinities(const Communicator& comm, ConditionalAffinities<Real>&& conditional) {
  JointAffinities<Real> joint;
  joint.rows = std::move(conditional.rows);
  double total = 0.0;
  if (conditional.weights) {
    std::array<ExactSum, 1> sum;
    for (const Real weight : *conditional.weights) {
      sum[0].add(static_cast<double>(weight));
    }
    total = comm.sum(std::span<const ExactSum>(sum))[0];
    weigh(std::get<SparseRows<Real>>(joint.rows), *conditional.weights, total);
  }
  std::visit(
      [&](auto& rows) {
        symmetrize(comm, rows);
        joint.sum_p_log_p = sum_p_log_p(comm, rows);
      },
      joint.rows);
  if (conditional.weights) {
    joint.sum_p_log_p +=
        sum_of_weights(comm, std::get<SparseRows<Real>>(joint.rows), *conditional.weights, conditional.own, total);
  }
  return joint;
}

template JointAffinities<float> joint_affinities(const Communicator&, ConditionalAffinities<float>&&);
template JointAffinities<double> joint_affinities(const Communicator&, ConditionalAffinities<double>&&);

}  // namespace distsne
