/// Squared distances: four queries against panels of 64 rows, kept in registers while the columns go by.
#include "affinity/distances.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "affinity/distances.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "base/tile-inl.hpp"

#ifndef DISTSNE_DISTANCE_TASK
#define DISTSNE_DISTANCE_TASK
namespace distsne {
template <class Real>
struct DistanceTask {
  const Real* panels = nullptr;
  std::size_t count = 0;
  std::size_t columns = 0;
  const Real* query[4] = {};
  Real* out[4] = {};
  std::size_t queries = 0;
};
}  // namespace distsne
#endif

HWY_BEFORE_NAMESPACE();
namespace distsne::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// Distances of four queries to `Vectors` registers of rows, beginning at `lane` of the panel.
template <std::size_t Vectors, class D, class T = hn::TFromD<D>, class V = hn::Vec<D>>
HWY_INLINE void Part(D d, const DistanceTask<T>& task, const T* panel, std::size_t lane, T* result) {
  constexpr std::size_t panel_rows = DistanceBlock<T>::panel_rows;
  V sum[4][Vectors];
#pragma GCC unroll 4
  for (std::size_t q = 0; q < 4; ++q) {
#pragma GCC unroll 4
    for (std::size_t v = 0; v < Vectors; ++v) {
      sum[q][v] = hn::Zero(d);
    }
  }
  AddTerms<4, Vectors, AddSquaredDifference>(d, task.columns, ScatteredRows<T>{task.query}, panel + lane, panel_rows,
                                             sum);
#pragma GCC unroll 4
  for (std::size_t q = 0; q < 4; ++q) {
#pragma GCC unroll 4
    for (std::size_t v = 0; v < Vectors; ++v) {
      hn::Store(sum[q][v], d, result + q * panel_rows + lane + v * hn::Lanes(d));
    }
  }
}

template <class T>
void Distances(const DistanceTask<T>& task) {
  const hn::ScalableTag<T> d;
  constexpr std::size_t panel_rows = DistanceBlock<T>::panel_rows;
  constexpr std::size_t vectors = HWY_ARCH_X86 && HWY_TARGET > HWY_AVX3 ? 2 : 4;
  HWY_ALIGN T result[4 * panel_rows];
  for (std::size_t begin = 0; begin < task.count; begin += panel_rows) {
    const T* panel = task.panels + begin * task.columns;
    for (std::size_t lane = 0; lane < panel_rows; lane += vectors * hn::Lanes(d)) {
      Part<vectors>(d, task, panel, lane, result);
    }
    const std::size_t used = HWY_MIN(panel_rows, task.count - begin);
    for (std::size_t q = 0; q < task.queries; ++q) {
      for (std::size_t j = 0; j < used; ++j) {
        task.out[q][begin + j] = result[q * panel_rows + j];
      }
    }
  }
}

void DistancesFloat(const DistanceTask<float>& task) { Distances(task); }
void DistancesDouble(const DistanceTask<double>& task) { Distances(task); }

}  // namespace distsne::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace distsne {
namespace {

HWY_EXPORT(DistancesFloat);
HWY_EXPORT(DistancesDouble);

void run(const DistanceTask<float>& task) { HWY_DYNAMIC_DISPATCH(DistancesFloat)(task); }
void run(const DistanceTask<double>& task) { HWY_DYNAMIC_DISPATCH(DistancesDouble)(task); }

}  // namespace

template <class Real>
DistanceBlock<Real>::DistanceBlock(std::span<const Real> rows, LocalIndex columns)
    : count_(columns == 0 ? 0 : rows.size() / static_cast<std::size_t>(columns)),
      columns_(static_cast<std::size_t>(columns)),
      panels_(round_up(count_, panel_rows) * columns_) {
  for (std::size_t j = 0; j < count_; ++j) {
    Real* const panel = panels_.data() + j / panel_rows * panel_rows * columns_ + j % panel_rows;
    for (std::size_t k = 0; k < columns_; ++k) {
      panel[k * panel_rows] = rows[j * columns_ + k];
    }
  }
}

template <class Real>
void DistanceBlock<Real>::squared_distances(std::span<const Real* const> queries, std::span<Real* const> out) const {
  DistanceTask<Real> task;
  task.panels = panels_.data();
  task.count = count_;
  task.columns = columns_;
  task.queries = queries.size();
  for (std::size_t q = 0; q < most_queries; ++q) {  // missing queries repeat the first; their results are not stored
    task.query[q] = queries[q < queries.size() ? q : 0];
    task.out[q] = q < queries.size() ? out[q] : nullptr;
  }
  run(task);
}

template class DistanceBlock<float>;
template class DistanceBlock<double>;

}  // namespace distsne
#endif
