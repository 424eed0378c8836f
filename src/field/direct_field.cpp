/// The direct sum: tiles of targets held in registers, one source after the other broadcast to them.
#include "field/direct_field.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "field/direct_field.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "field/kernel-inl.hpp"

#ifndef DISTSNE_DIRECT_TASK
#define DISTSNE_DIRECT_TASK
namespace distsne {

/// What one tile of targets needs.
template <class Real>
struct DirectTask {
  const MapPoints<Real>* points = nullptr;
  const Real* charges = nullptr;  // null: all 1
  Kernel kernel;
  std::size_t first = 0;        // of the targets of this task
  std::size_t count = 0;        // of targets
  double* potential = nullptr;  // count
  double* gradient = nullptr;   // count x dims
};

/// Sources between two additions to the sums in double.
constexpr std::size_t source_block = 256;

}  // namespace distsne
#endif

HWY_BEFORE_NAMESPACE();
namespace distsne::HWY_NAMESPACE {

/// Registers of targets: with 32 registers, as many as keep positions and sums in them; with 16, half of that.
template <std::size_t M>
constexpr std::size_t TileVectors() {
  return HWY_ARCH_X86 && HWY_TARGET > HWY_AVX3 ? 2 : (M == 3 ? 3 : 4);
}

/// Adds the sources [begin, end) to the sums of one tile; `Self` leaves out the source that is the target itself.
template <std::size_t M, bool Charged, bool Self, class K, class D, class T = hn::TFromD<D>, class V = hn::Vec<D>,
          std::size_t Vectors = TileVectors<M>()>
HWY_INLINE void AddSources(D d, const K& kernel, const T* const* source, const T* charges, std::size_t begin,
                           std::size_t end, std::size_t tile_first, const V (&target)[M][Vectors], V (&phi)[Vectors],
                           V (&force)[M][Vectors]) {
  const V start = K::Start(d);
  for (std::size_t j = begin; j < end; ++j) {
    V position[M];
#pragma GCC unroll 3
    for (std::size_t m = 0; m < M; ++m) {
      position[m] = hn::Set(d, source[m][j]);
    }
#pragma GCC unroll 4
    for (std::size_t v = 0; v < Vectors; ++v) {
      V difference[M];
      V sum = start;
#pragma GCC unroll 3
      for (std::size_t m = 0; m < M; ++m) {
        difference[m] = hn::Sub(target[m][v], position[m]);
        sum = hn::MulAdd(difference[m], difference[m], sum);
      }
      V weight;
      V slope;
      kernel.Evaluate(d, sum, weight, slope);
      if constexpr (Charged) {
        const V charge = hn::Set(d, charges[j]);
        weight = hn::Mul(weight, charge);
        slope = hn::Mul(slope, charge);
      }
      if constexpr (Self) {
        const auto lane = hn::Iota(d, static_cast<T>(v * hn::Lanes(d)));
        const auto self = hn::Eq(lane, hn::Set(d, static_cast<T>(j - tile_first)));
        weight = hn::IfThenZeroElse(self, weight);
        slope = hn::IfThenZeroElse(self, slope);
      }
      phi[v] = hn::Add(phi[v], weight);
#pragma GCC unroll 3
      for (std::size_t m = 0; m < M; ++m) {
        force[m][v] = hn::MulAdd(slope, difference[m], force[m][v]);
      }
    }
  }
}

/// One tile: at most Vectors x Lanes targets against all sources.
template <std::size_t M, bool Charged, class K, class D, class T = hn::TFromD<D>, class V = hn::Vec<D>,
          std::size_t Vectors = TileVectors<M>()>
HWY_NOINLINE void Tile(D d, const K kernel, const DirectTask<T>& task, std::size_t offset) {
  const std::size_t lanes = hn::Lanes(d);
  const std::size_t width = Vectors * lanes;
  const std::size_t first = task.first + offset;
  const auto sources = static_cast<std::size_t>(task.points->rows);
  const T* source[M];
  V target[M][Vectors];
  V phi[Vectors];
  V force[M][Vectors];
  // Sums in double, indexed like the tile; 64 lanes of float at the most.
  HWY_ALIGN double total[(M + 1) * 64] = {};
  HWY_ALIGN T part[64];
#pragma GCC unroll 3
  for (std::size_t m = 0; m < M; ++m) {
    source[m] = task.points->coordinate[m].data();
#pragma GCC unroll 4
    for (std::size_t v = 0; v < Vectors; ++v) {
      target[m][v] = hn::LoadU(d, source[m] + first + v * lanes);
    }
  }
  for (std::size_t begin = 0; begin < sources; begin += source_block) {
    const std::size_t end = HWY_MIN(begin + source_block, sources);
#pragma GCC unroll 4
    for (std::size_t v = 0; v < Vectors; ++v) {
      phi[v] = hn::Zero(d);
#pragma GCC unroll 3
      for (std::size_t m = 0; m < M; ++m) {
        force[m][v] = hn::Zero(d);
      }
    }
    const std::size_t self_begin = HWY_MIN(HWY_MAX(first, begin), end);
    const std::size_t self_end = HWY_MIN(HWY_MAX(first + width, begin), end);
    AddSources<M, Charged, false>(d, kernel, source, task.charges, begin, self_begin, first, target, phi, force);
    AddSources<M, Charged, true>(d, kernel, source, task.charges, self_begin, self_end, first, target, phi, force);
    AddSources<M, Charged, false>(d, kernel, source, task.charges, self_end, end, first, target, phi, force);
#pragma GCC unroll 4
    for (std::size_t v = 0; v < Vectors; ++v) {
      hn::StoreU(phi[v], d, part + v * lanes);
    }
    for (std::size_t t = 0; t < width; ++t) {
      total[t] += static_cast<double>(part[t]);
    }
#pragma GCC unroll 3
    for (std::size_t m = 0; m < M; ++m) {
#pragma GCC unroll 4
      for (std::size_t v = 0; v < Vectors; ++v) {
        hn::StoreU(force[m][v], d, part + v * lanes);
      }
      for (std::size_t t = 0; t < width; ++t) {
        total[(m + 1) * 64 + t] += static_cast<double>(part[t]);
      }
    }
  }
  const std::size_t used = HWY_MIN(width, task.count - offset);
  for (std::size_t t = 0; t < used; ++t) {
    task.potential[offset + t] = total[t];
    for (std::size_t m = 0; m < M; ++m) {
      task.gradient[(offset + t) * M + m] = -2.0 * total[(m + 1) * 64 + t];  // grad phi carries 2 w' = -2 slope
    }
  }
}

template <std::size_t M, class K, class T>
void Tiles(const DirectTask<T>& task) {
  const hn::ScalableTag<T> d;
  const K kernel(task.kernel.tail);
  const std::size_t width = TileVectors<M>() * hn::Lanes(d);
  for (std::size_t offset = 0; offset < task.count; offset += width) {
    if (task.charges == nullptr) {
      Tile<M, false>(d, kernel, task, offset);
    } else {
      Tile<M, true>(d, kernel, task, offset);
    }
  }
}

struct TileLoop {
  template <std::size_t M, class K, class T>
  static void Run(const DirectTask<T>& task) {
    Tiles<M, K>(task);
  }
};

void TilesFloat(const DirectTask<float>& task) { RunForKernelAndDims<TileLoop>(task, task.points->dims); }
void TilesDouble(const DirectTask<double>& task) { RunForKernelAndDims<TileLoop>(task, task.points->dims); }

}  // namespace distsne::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <algorithm>

#include "base/parallel.hpp"

namespace distsne {
namespace {

HWY_EXPORT(TilesFloat);
HWY_EXPORT(TilesDouble);

void run(const DirectTask<float>& task) { HWY_DYNAMIC_DISPATCH(TilesFloat)(task); }
void run(const DirectTask<double>& task) { HWY_DYNAMIC_DISPATCH(TilesDouble)(task); }

/// Targets of one piece of work of a thread: whole tiles of 1, 2 and 3 dimensions on every instruction set.
constexpr LocalIndex targets_per_piece = 192;

}  // namespace

template <class Real>
void DirectField<Real>::evaluate(CurrentMap<Real>& map, bool charged, std::span<const Real> given, FieldValues& values,
                                 Timers& timers) {
  const Charges<Real> charges(map, charged, given);
  const MapPoints<Real>* points = nullptr;
  AlignedVector<Real> all_charges;
  {
    const auto timer = timers.scope("points");
    points = &map.all();
    if (charges.any) {
      all_charges.resize(static_cast<std::size_t>(points->rows));
      map.comm().all_gather(charges.own, map.own().partition.sizes(), all_charges.data());
    }
  }
  const auto timer = timers.scope("repulsion");
  const LocalIndex count = map.own().local_rows();
  const auto first = static_cast<std::size_t>(map.own().first_row());
  values.potential.resize(static_cast<std::size_t>(count));
  values.gradient.resize(static_cast<std::size_t>(count) * map.dims());
  parallel_for(divide_up(count, targets_per_piece), [&](std::int64_t piece) {
    const auto offset = static_cast<std::size_t>(piece) * targets_per_piece;
    DirectTask<Real> task;
    task.points = points;
    task.charges = charges.any ? all_charges.data() : nullptr;
    task.kernel = kernel_;
    task.first = first + offset;
    task.count = std::min<std::size_t>(targets_per_piece, static_cast<std::size_t>(count) - offset);
    task.potential = values.potential.data() + offset;
    task.gradient = values.gradient.data() + offset * map.dims();
    run(task);
  });
}

template class DirectField<float>;
template class DirectField<double>;

}  // namespace distsne
#endif
