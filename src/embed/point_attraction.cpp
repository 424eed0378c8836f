/// The loop over the neighbors of one point: SIMD lanes run along them, in double.
#include "embed/point_attraction.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "embed/point_attraction.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "field/kernel-inl.hpp"

#ifndef DISTSNE_POINT_ATTRACTION_TASK
#define DISTSNE_POINT_ATTRACTION_TASK
namespace distsne {

struct PointAttractionTask {
  Kernel kernel;
  const PointAffinities& affinities;
  const double* place;
  PointLoss& loss;
};

}  // namespace distsne
#endif

HWY_BEFORE_NAMESPACE();
namespace distsne::HWY_NAMESPACE {

/// The coordinates of the next points, one vector for each.
template <std::size_t M, class D, class V = hn::Vec<D>>
HWY_INLINE void LoadPlaces(D d, const float* places, V (&position)[M]) {
  const hn::Rebind<float, D> half;
  hn::Vec<decltype(half)> value[M];
  if constexpr (M == 1) {
    value[0] = hn::LoadU(half, places);
  } else if constexpr (M == 2) {
    hn::LoadInterleaved2(half, places, value[0], value[1]);
  } else {
    hn::LoadInterleaved3(half, places, value[0], value[1], value[2]);
  }
  for (std::size_t m = 0; m < M; ++m) {
    position[m] = hn::PromoteTo(d, value[m]);
  }
}

struct PointAttractionLoop {
  template <std::size_t M, class K>
  static void Run(const PointAttractionTask& task) {
    const hn::ScalableTag<double> d;
    using V = hn::Vec<decltype(d)>;
    constexpr bool bends = !std::is_same_v<K, Gaussian>;  // e'' is not 0
    const std::size_t lanes = hn::Lanes(d);
    const K kernel(task.kernel.tail);
    const V start = K::Start(d);
    const V bend = hn::Set(d, -1.0 / task.kernel.tail);  // e'' / e'^2 of Student t
    V value = hn::Zero(d);
    V slope = hn::Zero(d);
    V gradient[M];
    V curvature[M * (M + 1) / 2];  // the lower triangle
    for (V& sum : gradient) {
      sum = hn::Zero(d);
    }
    for (V& sum : curvature) {
      sum = hn::Zero(d);
    }
    const auto add = [&](const double* p_of, const float* places) HWY_ATTR {
      V apart[M];
      LoadPlaces<M>(d, places, apart);
      V sum = start;
      for (std::size_t m = 0; m < M; ++m) {
        apart[m] = hn::Sub(hn::Set(d, task.place[m]), apart[m]);
        sum = hn::MulAdd(apart[m], apart[m], sum);
      }
      const V p = hn::LoadU(d, p_of);
      const V stiffness = kernel.Stiffness(d, sum);
      const V pull = hn::Mul(p, stiffness);
      value = hn::MulAdd(p, kernel.Energy(d, sum), value);
      slope = hn::Add(slope, pull);
      for (std::size_t m = 0; m < M; ++m) {
        gradient[m] = hn::MulAdd(pull, apart[m], gradient[m]);
      }
      if constexpr (bends) {
        const V second = hn::Mul(hn::Mul(pull, stiffness), bend);
        for (std::size_t i = 0, next = 0; i < M; ++i) {
          const V row = hn::Mul(second, apart[i]);
          for (std::size_t j = 0; j <= i; ++j, ++next) {
            curvature[next] = hn::MulAdd(row, apart[j], curvature[next]);
          }
        }
      }
    };
    const std::size_t count = task.affinities.p.size();
    const double* const p = task.affinities.p.data();
    const float* const places = task.affinities.places.data();
    std::size_t n = 0;
    for (; n + lanes <= count; n += lanes) {
      add(p + n, places + n * M);
    }
    if (n < count) {
      constexpr std::size_t most_lanes = HWY_MAX_BYTES / sizeof(double);
      double last_p[most_lanes] = {};
      float last_places[most_lanes * M] = {};
      std::copy(p + n, p + count, last_p);
      std::copy(places + n * M, places + count * M, last_places);
      add(last_p, last_places);
    }
    const auto total = [&](V v) HWY_ATTR { return hn::GetLane(hn::SumOfLanes(d, v)); };
    task.loss.value = total(value);
    const double first = total(slope);
    for (std::size_t i = 0, next = 0; i < M; ++i) {
      task.loss.gradient[i] = 2.0 * total(gradient[i]);
      for (std::size_t j = 0; j <= i; ++j, ++next) {
        task.loss.hessian[i][j] = 4.0 * total(curvature[next]) + (i == j ? 2.0 * first : 0.0);
        task.loss.hessian[j][i] = task.loss.hessian[i][j];
      }
    }
  }
};

void RunPointAttraction(const PointAttractionTask& task, int dims) {
  RunForKernelAndDims<PointAttractionLoop>(task, dims);
}

}  // namespace distsne::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace distsne {
namespace {

HWY_EXPORT(RunPointAttraction);

}  // namespace

PointLoss point_attraction(const Kernel& kernel, const PointAffinities& affinities, const double* place,
                           std::size_t dims) {
  PointLoss loss;
  HWY_DYNAMIC_DISPATCH(RunPointAttraction)({kernel, affinities, place, loss}, static_cast<int>(dims));
  return loss;
}

}  // namespace distsne
#endif
