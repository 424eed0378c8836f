/// The loop over the edges of the neighbor graph: SIMD lanes run along a row.
#include "embed/sparse_attraction.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "embed/sparse_attraction.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "field/kernel-inl.hpp"

#ifndef DISTSNE_SPARSE_ATTRACTION_TASK
#define DISTSNE_SPARSE_ATTRACTION_TASK
namespace distsne {

/// Consecutive rows of one thread.
template <class Real>
struct EdgeTask {
  Kernel kernel;
  int dims = 2;
  const Real* points = nullptr;           // coordinates of a point together: 1, 2 or 4 values
  const CompactIndex* columns = nullptr;  // points
  const Real* p = nullptr;
  const std::int64_t* begin = nullptr;  // of each row, and the end of the last
  std::size_t first = 0;                // point of the first row
  std::size_t rows = 0;
  double* force = nullptr;   // rows x dims
  double* energy = nullptr;  // rows, or null
};

/// Values that the coordinates of a point take.
constexpr std::size_t point_stride(std::size_t dims) { return dims == 3 ? 4 : dims; }

}  // namespace distsne
#endif

HWY_BEFORE_NAMESPACE();
namespace distsne::HWY_NAMESPACE {

/// The coordinates of the points that `index` names, one vector for each.
template <std::size_t M, class D, class T = hn::TFromD<D>, class V = hn::Vec<D>>
HWY_INLINE void LoadPoints(D d, const T* points, const CompactIndex* index, V (&position)[M]) {
  constexpr std::size_t stride = point_stride(M);
#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL
  if constexpr (M == 2 && sizeof(T) == 4) {
    // Loads of 8 bytes, two of them into one register, are half again as quick as gathers.
    const auto* const pair = reinterpret_cast<const double*>(points);
    const auto two = [&](std::size_t k)
                         HWY_ATTR { return _mm_loadh_pd(_mm_load_sd(pair + index[k]), pair + index[k + 1]); };
    const auto four = [&](std::size_t k)
                          HWY_ATTR { return _mm256_insertf128_pd(_mm256_castpd128_pd256(two(k)), two(k + 2), 1); };
    const auto eight = [&](std::size_t k) HWY_ATTR {
      return _mm512_castpd_ps(_mm512_insertf64x4(_mm512_castpd256_pd512(four(k)), four(k + 4), 1));
    };
    const __m512 low = eight(0);
    const __m512 high = eight(8);
    const __m512i even = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
    position[0] = V{_mm512_permutex2var_ps(low, even, high)};
    position[1] = V{_mm512_permutex2var_ps(low, _mm512_add_epi32(even, _mm512_set1_epi32(1)), high)};
    return;
  }
  if constexpr (M == 3 && sizeof(T) == 4) {
    // Points of 16 bytes, four to a register: a transposition of four such registers gives the coordinates.
    const auto four = [&](std::size_t k) HWY_ATTR {
      const auto two = [&](std::size_t l) HWY_ATTR {
        return _mm256_insertf128_ps(_mm256_castps128_ps256(_mm_load_ps(points + std::size_t{index[l]} * stride)),
                                    _mm_load_ps(points + std::size_t{index[l + 4]} * stride), 1);
      };
      return _mm512_castpd_ps(
          _mm512_insertf64x4(_mm512_castpd256_pd512(_mm256_castps_pd(two(k))), _mm256_castps_pd(two(k + 8)), 1));
    };
    const __m512 a = four(0);  // points 0, 4, 8, 12
    const __m512 b = four(1);
    const __m512 c = four(2);
    const __m512 e = four(3);
    const __m512 low = _mm512_unpacklo_ps(a, b);
    const __m512 high = _mm512_unpacklo_ps(c, e);
    position[0] = V{_mm512_shuffle_ps(low, high, 0x44)};
    position[1] = V{_mm512_shuffle_ps(low, high, 0xEE)};
    position[2] = V{_mm512_shuffle_ps(_mm512_unpackhi_ps(a, b), _mm512_unpackhi_ps(c, e), 0x44)};
    return;
  }
#elif HWY_TARGET == HWY_AVX2
  if constexpr (M == 2 && sizeof(T) == 4) {
    const auto* const pair = reinterpret_cast<const double*>(points);
    const auto two = [&](std::size_t k)
                         HWY_ATTR { return _mm_loadh_pd(_mm_load_sd(pair + index[k]), pair + index[k + 1]); };
    const auto four = [&](std::size_t k) HWY_ATTR {
      return _mm256_castpd_ps(_mm256_insertf128_pd(_mm256_castpd128_pd256(two(k)), two(k + 4), 1));
    };
    const __m256 low = four(0);  // points 0, 1, 4, 5
    const __m256 high = four(2);
    position[0] = V{_mm256_shuffle_ps(low, high, 0x88)};
    position[1] = V{_mm256_shuffle_ps(low, high, 0xDD)};
    return;
  }
#endif
  HWY_ALIGN T value[M][HWY_MAX_BYTES / sizeof(T)];
  for (std::size_t lane = 0; lane < hn::Lanes(d); ++lane) {
    for (std::size_t m = 0; m < M; ++m) {
      value[m][lane] = points[index[lane] * stride + m];
    }
  }
  for (std::size_t m = 0; m < M; ++m) {
    position[m] = hn::Load(d, value[m]);
  }
}

template <std::size_t M, bool Energy, class K, class T>
void Edges(const EdgeTask<T>& task) {
  const hn::ScalableTag<T> d;
  using V = hn::Vec<decltype(d)>;
  const std::size_t lanes = hn::Lanes(d);
  const K kernel(task.kernel.tail);
  const V start = K::Start(d);
  for (std::size_t row = 0; row < task.rows; ++row) {
    V target[M];
    V force[M];
    for (std::size_t m = 0; m < M; ++m) {
      target[m] = hn::Set(d, task.points[(task.first + row) * point_stride(M) + m]);
      force[m] = hn::Zero(d);
    }
    V energy = hn::Zero(d);
    const auto end = static_cast<std::size_t>(task.begin[row + 1]);
    for (auto e = static_cast<std::size_t>(task.begin[row]); e < end; e += lanes) {
      V position[M];
      LoadPoints<M>(d, task.points, task.columns + e, position);
      V sum = start;
      for (std::size_t m = 0; m < M; ++m) {
        position[m] = hn::Sub(target[m], position[m]);
        sum = hn::MulAdd(position[m], position[m], sum);
      }
      V p = hn::LoadU(d, task.p + e);
      if (HWY_UNLIKELY(end - e < lanes)) {  // the next row's entries
        p = hn::IfThenElseZero(hn::FirstN(d, end - e), p);
      }
      const V pull = hn::Mul(p, kernel.Stiffness(d, sum));
      for (std::size_t m = 0; m < M; ++m) {
        force[m] = hn::MulAdd(pull, position[m], force[m]);
      }
      if constexpr (Energy) {
        energy = hn::MulAdd(p, kernel.Energy(d, sum), energy);
      }
    }
    for (std::size_t m = 0; m < M; ++m) {
      task.force[row * M + m] = static_cast<double>(hn::GetLane(hn::SumOfLanes(d, force[m])));
    }
    if constexpr (Energy) {
      task.energy[row] = static_cast<double>(hn::GetLane(hn::SumOfLanes(d, energy)));
    }
  }
}

template <bool Energy>
struct EdgeLoop {
  template <std::size_t M, class K, class T>
  static void Run(const EdgeTask<T>& task) {
    Edges<M, Energy, K>(task);
  }
};

template <class T>
void EdgesForCost(const EdgeTask<T>& task) {
  if (task.energy == nullptr) {
    RunForKernelAndDims<EdgeLoop<false>>(task, task.dims);
  } else {
    RunForKernelAndDims<EdgeLoop<true>>(task, task.dims);
  }
}

void EdgesFloat(const EdgeTask<float>& task) { EdgesForCost(task); }
void EdgesDouble(const EdgeTask<double>& task) { EdgesForCost(task); }

}  // namespace distsne::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <algorithm>

#include "base/parallel.hpp"
#include "embed/deliver_rows.hpp"

namespace distsne {
namespace {

HWY_EXPORT(EdgesFloat);
HWY_EXPORT(EdgesDouble);

void run(const EdgeTask<float>& task) { HWY_DYNAMIC_DISPATCH(EdgesFloat)(task); }
void run(const EdgeTask<double>& task) { HWY_DYNAMIC_DISPATCH(EdgesDouble)(task); }

constexpr std::int64_t rows_per_piece = 512;

}  // namespace

template <class Real>
SparseAttraction<Real>::SparseAttraction(const Communicator& comm, const Kernel& kernel, SparseRows<Real>&& rows)
    : kernel_(kernel), rows_(std::move(rows)) {
  name_points(comm);
}

/// Makes the plan for the points that the columns name, and has the columns name them by their places here.
template <class Real>
void SparseAttraction<Real>::name_points(const Communicator& comm) {
  index_ = IndexMap(rows_.partition, rows_.rank, rows_.columns);
  exchange_ = index_.fetch(comm);
  if (index_.size() > most_rows) {
    throw Error("more points than one rank can name: use more ranks", ExitCode::failure);
  }
  const std::int64_t count = rows_.begin.back();
  constexpr std::int64_t piece = 1 << 20;
  parallel_for(divide_up(count, piece), [&](std::int64_t index) {
    for (std::int64_t e = index * piece; e < std::min(count, (index + 1) * piece); ++e) {
      CompactIndex& column = rows_.columns[static_cast<std::size_t>(e)];
      column = static_cast<CompactIndex>(index_.local(column));
    }
  });
  rows_.columns.resize(static_cast<std::size_t>(rows_.begin.back()) + entry_padding, 0);
  rows_.values.resize(static_cast<std::size_t>(rows_.begin.back()) + entry_padding, Real{0});
}

template <class Real>
void SparseAttraction<Real>::reorder(const Communicator& comm, std::span<const GlobalIndex> place,
                                     const RowExchange& plan) {
  std::vector<GlobalIndex> ghost_place(index_.ghosts().size());
  exchange_.move(comm, place, 1, std::span<GlobalIndex>(ghost_place));
  const std::size_t own = place.size();
  rows_.columns.resize(static_cast<std::size_t>(rows_.begin.back()));
  rows_.values.resize(rows_.columns.size());
  parallel_for(divide_up(static_cast<std::int64_t>(own), rows_per_piece), [&](std::int64_t piece) {
    const auto first = static_cast<std::size_t>(piece * rows_per_piece);
    const std::size_t last = std::min(own, first + static_cast<std::size_t>(rows_per_piece));
    for (auto e = static_cast<std::size_t>(rows_.begin[first]); e < static_cast<std::size_t>(rows_.begin[last]); ++e) {
      const std::size_t point = rows_.columns[e];
      rows_.columns[e] = static_cast<CompactIndex>(point < own ? place[point] : ghost_place[point - own]);
    }
  });
  rows_ = delivered(comm, std::move(rows_), place, plan);
  name_points(comm);
}

template <class Real>
void SparseAttraction<Real>::bring_points(CurrentMap<Real>& map) {
  const std::size_t dims = map.dims();
  const std::size_t stride = point_stride(dims);
  const std::size_t own = map.own().values.size() / dims;
  points_.resize(index_.size() * stride);
  const auto copy = [&](std::span<const Real> from, Real* to) {
    if (dims == stride) {
      std::copy(from.begin(), from.end(), to);
      return;
    }
    for (std::size_t i = 0; i < from.size() / dims; ++i) {
      std::copy_n(from.data() + i * dims, dims, to + i * stride);
    }
  };
  copy(map.own().values, points_.data());
  arrived_.resize(index_.ghosts().size() * dims);
  exchange_.move(map.comm(), std::span<const Real>(map.own().values), dims, std::span<Real>(arrived_));
  copy(arrived_, points_.data() + own * stride);
}

template <class Real>
void SparseAttraction<Real>::evaluate(CurrentMap<Real>& map, bool with_energy, AttractionValues& values,
                                      Timers& timers) {
  {
    const auto timer = timers.scope("points");
    bring_points(map);
  }
  const auto timer = timers.scope("attraction");
  const auto count = static_cast<std::size_t>(rows_.local_rows());
  const std::size_t dims = map.dims();
  values.force.resize(count * dims);
  values.energy.resize(with_energy ? count : 0);
  parallel_for(divide_up(static_cast<std::int64_t>(count), rows_per_piece), [&](std::int64_t piece) {
    EdgeTask<Real> task;
    task.kernel = kernel_;
    task.dims = static_cast<int>(dims);
    task.points = points_.data();
    task.columns = rows_.columns.data();
    task.p = rows_.values.data();
    task.first = static_cast<std::size_t>(piece * rows_per_piece);
    task.rows = std::min(static_cast<std::size_t>(rows_per_piece), count - task.first);
    task.begin = rows_.begin.data() + task.first;
    task.force = values.force.data() + task.first * dims;
    task.energy = with_energy ? values.energy.data() + task.first : nullptr;
    run(task);
  });
}

template class SparseAttraction<float>;
template class SparseAttraction<double>;

}  // namespace distsne
#endif
