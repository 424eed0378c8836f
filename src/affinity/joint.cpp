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
  std::visit(
      [&](auto& rows) {
        symmetrize(comm, rows);
        joint.sum_p_log_p = sum_p_log_p(comm, rows);
      },
      joint.rows);
  return joint;
}

template JointAffinities<float> joint_affinities(const Communicator&, ConditionalAffinities<float>&&);
template JointAffinities<double> joint_affinities(const Communicator&, ConditionalAffinities<double>&&);

}  // namespace distsne
