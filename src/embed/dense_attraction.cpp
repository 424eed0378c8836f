/// Attraction over dense rows of P: SIMD lanes run along a row, four rows at a time share the loads of the points.
#include "embed/dense_attraction.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "embed/dense_attraction.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "field/kernel-inl.hpp"

#ifndef DISTSNE_ATTRACTION_TASK
#define DISTSNE_ATTRACTION_TASK
namespace distsne {

/// Rows that one call handles together, and columns between two additions to the sums in double.
constexpr std::size_t attraction_rows = 4;
constexpr std::size_t attraction_block = 1024;

template <class Real>
struct AttractionTask {
  const MapPoints<Real>* points = nullptr;
  Kernel kernel;
  const Real* p[attraction_rows] = {};  // rows of P; missing ones repeat the first
  std::size_t point[attraction_rows] = {};
  std::size_t used = 0;
  std::size_t columns = 0;   // padded to whole vectors
  double* force = nullptr;   // used x dims
  double* energy = nullptr;  // used, or null
};

}  // namespace distsne
#endif

HWY_BEFORE_NAMESPACE();
namespace distsne::HWY_NAMESPACE {

template <std::size_t M, bool Energy, class K, class T>
void Rows(const AttractionTask<T>& task) {
  const hn::ScalableTag<T> d;
  using V = hn::Vec<decltype(d)>;
  const K kernel(task.kernel.tail);
  const T* coordinate[M];
  V target[attraction_rows][M];
  double total[attraction_rows][M] = {};
  double energy_total[attraction_rows] = {};
#pragma GCC unroll 3
  for (std::size_t m = 0; m < M; ++m) {
    coordinate[m] = task.points->coordinate[m].data();
#pragma GCC unroll 4
    for (std::size_t r = 0; r < attraction_rows; ++r) {
      target[r][m] = hn::Set(d, coordinate[m][task.point[r]]);
    }
  }
  for (std::size_t begin = 0; begin < task.columns; begin += attraction_block) {
    const std::size_t end = HWY_MIN(begin + attraction_block, task.columns);
    V force[attraction_rows][M];
    V energy[attraction_rows];
#pragma GCC unroll 4
    for (std::size_t r = 0; r < attraction_rows; ++r) {
      energy[r] = hn::Zero(d);
#pragma GCC unroll 3
      for (std::size_t m = 0; m < M; ++m) {
        force[r][m] = hn::Zero(d);
      }
    }
    for (std::size_t j = begin; j < end; j += hn::Lanes(d)) {
      V position[M];
#pragma GCC unroll 3
      for (std::size_t m = 0; m < M; ++m) {
        position[m] = hn::Load(d, coordinate[m] + j);
      }
#pragma GCC unroll 4
      for (std::size_t r = 0; r < attraction_rows; ++r) {
        V difference[M];
        V sum = K::Start(d);
#pragma GCC unroll 3
        for (std::size_t m = 0; m < M; ++m) {
          difference[m] = hn::Sub(target[r][m], position[m]);
          sum = hn::MulAdd(difference[m], difference[m], sum);
        }
        const V p = hn::Load(d, task.p[r] + j);
        const V pull = hn::Mul(p, kernel.Stiffness(d, sum));
#pragma GCC unroll 3
        for (std::size_t m = 0; m < M; ++m) {
          force[r][m] = hn::MulAdd(pull, difference[m], force[r][m]);
        }
        if constexpr (Energy) {
          energy[r] = hn::MulAdd(p, kernel.Energy(d, sum), energy[r]);
        }
      }
    }
    for (std::size_t r = 0; r < attraction_rows; ++r) {
      for (std::size_t m = 0; m < M; ++m) {
        total[r][m] = AddLanes(d, force[r][m], total[r][m]);
      }
      if constexpr (Energy) {
        energy_total[r] = AddLanes(d, energy[r], energy_total[r]);
      }
    }
  }
  for (std::size_t r = 0; r < task.used; ++r) {
    for (std::size_t m = 0; m < M; ++m) {
      task.force[r * M + m] = total[r][m];
    }
    if constexpr (Energy) {
      task.energy[r] = energy_total[r];
    }
  }
}

template <bool Energy>
struct RowLoop {
  template <std::size_t M, class K, class T>
  static void Run(const AttractionTask<T>& task) {
    Rows<M, Energy, K>(task);
  }
};

template <class T>
void RowsForCost(const AttractionTask<T>& task) {
  if (task.energy == nullptr) {
    RunForKernelAndDims<RowLoop<false>>(task, task.points->dims);
  } else {
    RunForKernelAndDims<RowLoop<true>>(task, task.points->dims);
  }
}

void RowsFloat(const AttractionTask<float>& task) { RowsForCost(task); }
void RowsDouble(const AttractionTask<double>& task) { RowsForCost(task); }

}  // namespace distsne::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <algorithm>

#include "base/parallel.hpp"

namespace distsne {
namespace {

HWY_EXPORT(RowsFloat);
HWY_EXPORT(RowsDouble);

void run(const AttractionTask<float>& task) { HWY_DYNAMIC_DISPATCH(RowsFloat)(task); }
void run(const AttractionTask<double>& task) { HWY_DYNAMIC_DISPATCH(RowsDouble)(task); }

}  // namespace

template <class Real>
void DenseAttraction<Real>::evaluate(CurrentMap<Real>& map, bool with_energy, AttractionValues& values,
                                     Timers& timers) {
  const MapPoints<Real>* points = nullptr;
  {
    const auto timer = timers.scope("points");
    points = &map.all();
  }
  const auto timer = timers.scope("attraction");
  const auto count = static_cast<std::size_t>(rows_.local_rows());
  const std::size_t dims = map.dims();
  values.force.resize(count * dims);
  values.energy.resize(with_energy ? count : 0);
  const std::size_t groups = divide_up(count, attraction_rows);
  parallel_for(static_cast<std::int64_t>(groups), [&](std::int64_t group) {
    const std::size_t begin = static_cast<std::size_t>(group) * attraction_rows;
    AttractionTask<Real> task;
    task.points = points;
    task.kernel = kernel_;
    task.used = std::min(attraction_rows, count - begin);
    for (std::size_t r = 0; r < attraction_rows; ++r) {
      const std::size_t local = begin + (r < task.used ? r : 0);
      task.p[r] = rows_.row(static_cast<LocalIndex>(local));
      task.point[r] = static_cast<std::size_t>(rows_.first_row()) + local;
    }
    task.columns = rows_.stride;
    task.force = values.force.data() + begin * dims;
    task.energy = with_energy ? values.energy.data() + begin : nullptr;
    run(task);
  });
}

template class DenseAttraction<float>;
template class DenseAttraction<double>;

}  // namespace distsne
#endif
