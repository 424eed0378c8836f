/// Fixed-point sums over the rows of a rank: SIMD lanes run over rows, targets one after the other.
#include "field/direct_sums.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "field/direct_sums.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "field/kernel-inl.hpp"

#ifndef DISTSNE_TARGET_TASK
#define DISTSNE_TARGET_TASK
namespace distsne {

/// Some rows against all targets.
struct TargetTask {
  Kernel kernel;
  const Targets* targets = nullptr;
  const double* coordinate[3] = {};  // of the rows, padded to whole vectors
  const double* charge = nullptr;    // of the rows, padded as well; null: 1 each
  GlobalIndex first_row = 0;
  std::size_t rows = 0;
  double unit = 1.0;             // integers that 1 becomes
  std::int64_t* sums = nullptr;  // (1 + dims) for each target
};

}  // namespace distsne
#endif

HWY_BEFORE_NAMESPACE();
namespace distsne::HWY_NAMESPACE {

template <std::size_t M, bool Charged, class K>
void AddRows(const TargetTask& task) {
  const hn::ScalableTag<double> d;
  const hn::RebindToSigned<decltype(d)> di;
  using V = hn::Vec<decltype(d)>;
  using VI = hn::Vec<decltype(di)>;
  const K kernel(task.kernel.tail);
  const Targets& targets = *task.targets;
  const V unit = hn::Set(d, task.unit);
  for (std::size_t t = 0; t < targets.count(); ++t) {
    VI sum[M + 1];
    V target[M];
    sum[0] = hn::Zero(di);
    for (std::size_t m = 0; m < M; ++m) {
      sum[m + 1] = hn::Zero(di);
      target[m] = hn::Set(d, targets.position[t * M + m]);
    }
    const double shift = targets.shift.empty() ? 0.0 : targets.shift[t];
    // The rows before the target itself and after it; without it, all of them.
    const GlobalIndex self = targets.row[t] - task.first_row;
    for (std::size_t j = 0; j < task.rows; j += hn::Lanes(d)) {
      V difference[M];
      V squared = K::Start(d);
      for (std::size_t m = 0; m < M; ++m) {
        difference[m] = hn::Sub(target[m], hn::Load(d, task.coordinate[m] + j));
        squared = hn::MulAdd(difference[m], difference[m], squared);
      }
      V weight;
      V slope;
      // No other point is nearer than the shift, and the target itself must not overflow before it is left out.
      squared = hn::Max(hn::Sub(squared, hn::Set(d, shift)), hn::Zero(d));
      kernel.Evaluate(d, squared, weight, slope);
      auto counts = hn::FirstN(d, HWY_MIN(task.rows - j, hn::Lanes(d)));
      if (self >= static_cast<GlobalIndex>(j) && self < static_cast<GlobalIndex>(j + hn::Lanes(d))) {
        const auto place = hn::Set(d, static_cast<double>(self - static_cast<GlobalIndex>(j)));
        counts = hn::AndNot(hn::Eq(hn::Iota(d, 0.0), place), counts);
      }
      V scale = hn::IfThenElseZero(counts, unit);
      if constexpr (Charged) {
        scale = hn::Mul(scale, hn::Load(d, task.charge + j));
      }
      sum[0] = hn::Add(sum[0], hn::ConvertTo(di, hn::Round(hn::Mul(weight, scale))));
      const V pull = hn::Mul(slope, scale);
      for (std::size_t m = 0; m < M; ++m) {
        sum[m + 1] = hn::Add(sum[m + 1], hn::ConvertTo(di, hn::Round(hn::Mul(pull, difference[m]))));
      }
    }
    HWY_ALIGN std::int64_t lane[HWY_MAX_BYTES / 8];
    for (std::size_t m = 0; m <= M; ++m) {
      hn::Store(sum[m], di, lane);
      for (std::size_t l = 0; l < hn::Lanes(di); ++l) {
        task.sums[t * (M + 1) + m] += lane[l];
      }
    }
  }
}

template <bool Charged>
struct RowLoop {
  template <std::size_t M, class K>
  static void Run(const TargetTask& task) {
    AddRows<M, Charged, K>(task);
  }
};

void AddRowsOf(const TargetTask& task) {
  const auto dims = static_cast<int>(task.targets->dims);
  if (task.charge == nullptr) {
    RunForKernelAndDims<RowLoop<false>>(task, dims);
  } else {
    RunForKernelAndDims<RowLoop<true>>(task, dims);
  }
}

}  // namespace distsne::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <algorithm>
#include <bit>
#include <cmath>

#include "base/parallel.hpp"

namespace distsne {
namespace {

HWY_EXPORT(AddRowsOf);

constexpr std::size_t rows_per_piece = 2048;

}  // namespace

template <class Real>
Targets gather_targets(const Communicator& comm, const Embedding<Real>& map, std::span<const LocalIndex> own,
                       std::size_t& first_own) {
  auto first = static_cast<std::int64_t>(own.size());
  const auto total = static_cast<std::size_t>(comm.sum(first));
  comm.exclusive_sum(std::span<std::int64_t>(&first, 1));
  first_own = static_cast<std::size_t>(first);
  Targets targets;
  targets.dims = static_cast<std::size_t>(map.columns);
  if (total == 0) {
    return targets;
  }
  // Every rank writes its own among zeros: a handful of steps, where gathering from so many ranks takes one for each.
  const std::size_t width = 1 + targets.dims;
  std::vector<std::uint64_t> bits(total * width, 0);
  for (std::size_t k = 0; k < own.size(); ++k) {
    std::uint64_t* const to = bits.data() + (first_own + k) * width;
    to[0] = static_cast<std::uint64_t>(map.first_row() + own[k]);
    for (std::size_t m = 0; m < targets.dims; ++m) {
      to[1 + m] = std::bit_cast<std::uint64_t>(static_cast<double>(map.row(own[k])[m]));
    }
  }
  comm.bit_or(std::span<std::uint64_t>(bits));
  for (std::size_t t = 0; t < total; ++t) {
    targets.row.push_back(static_cast<GlobalIndex>(bits[t * width]));
    for (std::size_t m = 0; m < targets.dims; ++m) {
      targets.position.push_back(std::bit_cast<double>(bits[t * width + 1 + m]));
    }
  }
  return targets;
}

template <class Real>
TargetSums direct_sums(const Communicator& comm, const Kernel& kernel, const Embedding<Real>& map,
                       const Targets& targets, const AlignedVector<Real>* charges) {
  const std::size_t dims = targets.dims;
  const auto rows = static_cast<std::size_t>(map.local_rows());
  const std::size_t width = targets.count() * (dims + 1);
  // Weights and the terms of the gradient are at most 1, times the largest charge.
  double largest = 1.0;
  if (charges != nullptr) {
    largest = comm.max(rows == 0 ? 0.0 : static_cast<double>(*std::max_element(charges->begin(), charges->end())));
  }
  const int bits = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(map.rows()))) +
                   (charges != nullptr && largest > 0.0 ? std::ilogb(largest) + 1 : 0);
  const double unit = std::ldexp(1.0, 62 - bits);
  const std::size_t pieces = divide_up(rows, rows_per_piece);
  std::vector<std::int64_t> sums(width, 0);
  parallel_for(static_cast<std::int64_t>(pieces), [&](std::int64_t index) {
    const std::size_t first = static_cast<std::size_t>(index) * rows_per_piece;
    TargetTask task;
    task.kernel = kernel;
    task.targets = &targets;
    task.first_row = map.first_row() + static_cast<GlobalIndex>(first);
    task.rows = std::min(rows_per_piece, rows - first);
    task.unit = unit;
    static thread_local std::array<AlignedVector<double>, 3> coordinate;
    static thread_local AlignedVector<double> charge;
    for (std::size_t m = 0; m < dims; ++m) {
      coordinate[m].assign(rows_per_piece + alignment / sizeof(double), 0.0);
      for (std::size_t j = 0; j < task.rows; ++j) {
        coordinate[m][j] = static_cast<double>(map.values[(first + j) * dims + m]);
      }
      task.coordinate[m] = coordinate[m].data();
    }
    if (charges != nullptr) {
      charge.assign(rows_per_piece + alignment / sizeof(double), 0.0);
      std::copy_n(charges->begin() + static_cast<std::ptrdiff_t>(first), task.rows, charge.begin());
      task.charge = charge.data();
    }
    std::vector<std::int64_t> own(width, 0);
    task.sums = own.data();
    HWY_DYNAMIC_DISPATCH(AddRowsOf)(task);
#pragma omp critical(distsne_direct_sums)
    std::transform(own.begin(), own.end(), sums.begin(), sums.begin(), std::plus<>());
  });
  comm.sum(std::span<std::int64_t>(sums));
  TargetSums result;
  for (std::size_t t = 0; t < targets.count(); ++t) {
    result.potential.push_back(static_cast<double>(sums[t * (dims + 1)]) / unit);
    for (std::size_t m = 0; m < dims; ++m) {
      result.gradient.push_back(-2.0 * static_cast<double>(sums[t * (dims + 1) + 1 + m]) / unit);
    }
  }
  return result;
}

template Targets gather_targets(const Communicator&, const Embedding<float>&, std::span<const LocalIndex>,
                                std::size_t&);
template Targets gather_targets(const Communicator&, const Embedding<double>&, std::span<const LocalIndex>,
                                std::size_t&);
template TargetSums direct_sums(const Communicator&, const Kernel&, const Embedding<float>&, const Targets&,
                                const AlignedVector<float>*);
template TargetSums direct_sums(const Communicator&, const Kernel&, const Embedding<double>&, const Targets&,
                                const AlignedVector<double>*);

}  // namespace distsne
#endif
