/// The inner loops of the grid: spline weights for as many points as a vector has lanes, then point by point along the
/// fast axis.
#include "field/stencil.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "field/stencil.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "field/own_image-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace distsne::HWY_NAMESPACE {

/// Lanes along the fast axis: the order, rounded up to what vectors can be.
template <std::size_t Order>
constexpr std::size_t Width() {
  return Order <= 4 ? 4 : 8;
}

/// Weights and slopes of the points of one vector, point by point; cells are their first nodes.
template <class T, std::size_t M, std::size_t Order>
struct PointWeights {
  static constexpr std::size_t most = HWY_MAX_BYTES / sizeof(T);
  HWY_ALIGN T weight[M][most * Width<Order>()];
  HWY_ALIGN T slope[M][most * Width<Order>()];
  HWY_ALIGN T cell[M][most];
};

template <std::size_t M, std::size_t Order, bool Slopes, class D, class T = hn::TFromD<D>>
HWY_INLINE void FindWeights(D d, const TilePoints<T>& points, std::size_t begin, PointWeights<T, M, Order>& out) {
  using V = hn::Vec<D>;
  constexpr std::size_t width = Width<Order>();
  const std::size_t lanes = hn::Lanes(d);
  for (std::size_t m = 0; m < M; ++m) {
    const V position = hn::LoadU(d, points.coordinate[m] + begin);
    const V cell = hn::Floor(position);
    hn::Store(cell, d, out.cell[m]);
    V weight[Order];
    V slope[Order];
    SplineWeights<Order>(d, hn::Sub(position, cell), weight, slope);
    if constexpr (Order == 4) {
      hn::StoreInterleaved4(weight[0], weight[1], weight[2], weight[3], d, out.weight[m]);
      if constexpr (Slopes) {
        hn::StoreInterleaved4(slope[0], slope[1], slope[2], slope[3], d, out.slope[m]);
      }
    } else {
      HWY_ALIGN T values[HWY_MAX_BYTES / sizeof(T)];
      for (std::size_t k = 0; k < width; ++k) {
        hn::Store(k < Order ? weight[k < Order ? k : 0] : hn::Zero(d), d, values);
        for (std::size_t lane = 0; lane < lanes; ++lane) {
          out.weight[m][lane * width + k] = values[lane];
        }
        if constexpr (Slopes) {
          hn::Store(k < Order ? slope[k < Order ? k : 0] : hn::Zero(d), d, values);
          for (std::size_t lane = 0; lane < lanes; ++lane) {
            out.slope[m][lane * width + k] = values[lane];
          }
        }
      }
    }
  }
}

/// Offset of a point's first node.
template <std::size_t M, class T, class Weights>
HWY_INLINE std::size_t FirstNode(const TileNodes& layout, const Weights& w, std::size_t lane) {
  std::size_t offset = static_cast<std::size_t>(w.cell[M - 1][lane]);
  if constexpr (M == 2) {
    offset += static_cast<std::size_t>(w.cell[0][lane]) * layout.pitch;
  } else if constexpr (M == 3) {
    offset +=
        (static_cast<std::size_t>(w.cell[0][lane]) * layout.extent[1] + static_cast<std::size_t>(w.cell[1][lane])) *
        layout.pitch;
  }
  return offset;
}

/// Calls row(offset, a, b) for the rows of a stencil: a and b are the nodes along axes 0 and 1.
template <std::size_t M, std::size_t Order, class Row>
HWY_INLINE void ForRows(const TileNodes& layout, const Row& row) {
  if constexpr (M == 1) {
    row(std::size_t{0}, std::size_t{0}, std::size_t{0});
  } else if constexpr (M == 2) {
#pragma GCC unroll 6
    for (std::size_t a = 0; a < Order; ++a) {
      row(a * layout.pitch, a, std::size_t{0});
    }
  } else {
    for (std::size_t a = 0; a < Order; ++a) {
#pragma GCC unroll 6
      for (std::size_t b = 0; b < Order; ++b) {
        row((a * layout.extent[1] + b) * layout.pitch, a, b);
      }
    }
  }
}

/// Vectors along the fast axis, of Real and of the integers that they become.
template <class T, std::size_t Order>
struct RowTags {
  using Integers = hn::CappedTag<std::int64_t, Width<Order>()>;
  using Reals = hn::Rebind<T, Integers>;
};

template <class DI, class DR>
HWY_INLINE hn::Vec<DI> Rounded(DI di, DR /*dr*/, hn::Vec<DR> v) {
  if constexpr (sizeof(hn::TFromD<DR>) == 4) {
    return hn::PromoteTo(di, hn::NearestInt(v));
  } else {
    return hn::ConvertTo(di, hn::Round(v));
  }
}

template <std::size_t M, std::size_t Order, class T>
void Spread(const TilePoints<T>& points, const TileNodes& layout, T unit, std::int64_t* nodes) {
  const hn::ScalableTag<T> d;
  const typename RowTags<T, Order>::Integers di;
  const typename RowTags<T, Order>::Reals dr;
  constexpr std::size_t width = Width<Order>();
  PointWeights<T, M, Order> w;
  for (std::size_t begin = 0; begin < points.count; begin += hn::Lanes(d)) {
    FindWeights<M, Order, false>(d, points, begin, w);
    const std::size_t used = HWY_MIN(hn::Lanes(d), points.count - begin);
    for (std::size_t lane = 0; lane < used; ++lane) {
      const T scale = points.charge == nullptr ? unit : unit * points.charge[begin + lane];
      std::int64_t* const first = nodes + FirstNode<M, T>(layout, w, lane);
      const T* const fast = w.weight[M - 1] + lane * width;
      ForRows<M, Order>(layout, [&](std::size_t offset, std::size_t a, std::size_t b) HWY_ATTR {
        T factor = scale;
        if constexpr (M >= 2) {
          factor *= w.weight[0][lane * width + a];
        }
        if constexpr (M == 3) {
          factor *= w.weight[1][lane * width + b];
        }
        const auto weight = hn::Set(dr, factor);
        for (std::size_t k = 0; k < width; k += hn::Lanes(di)) {
          const auto term = Rounded(di, dr, hn::Mul(weight, hn::LoadU(dr, fast + k)));
          std::int64_t* const to = first + offset + k;
          hn::StoreU(hn::Add(hn::LoadU(di, to), term), di, to);
        }
      });
    }
  }
}

template <std::size_t M, std::size_t Order, class T>
void Gather(const TilePoints<T>& points, const TileNodes& layout, const T* nodes, const SelfInteraction<T>& self,
            const TileValues<T>& values) {
  const hn::ScalableTag<T> d;
  using V = hn::Vec<decltype(d)>;
  const hn::CappedTag<T, Width<Order>()> dr;
  constexpr std::size_t width = Width<Order>();
  PointWeights<T, M, Order> w;
  // Products along the fast axis, point by point: for the potential and each derivative.
  HWY_ALIGN T product[M + 1][PointWeights<T, M, Order>::most * width] = {};
  for (std::size_t begin = 0; begin < points.count; begin += hn::Lanes(d)) {
    FindWeights<M, Order, true>(d, points, begin, w);
    const std::size_t used = HWY_MIN(hn::Lanes(d), points.count - begin);
    for (std::size_t lane = 0; lane < used; ++lane) {
      const T* const first = nodes + FirstNode<M, T>(layout, w, lane);
      const std::size_t at = lane * width;
      for (std::size_t k = 0; k < width; k += hn::Lanes(dr)) {
        auto sum = hn::Zero(dr);    // weights of all other axes
        auto sum_0 = hn::Zero(dr);  // slope of axis 0
        auto sum_1 = hn::Zero(dr);  // slope of axis 1 of three
        ForRows<M, Order>(layout, [&](std::size_t offset, std::size_t a, std::size_t b) HWY_ATTR {
          const auto row = hn::LoadU(dr, first + offset + k);
          if constexpr (M == 1) {
            sum = row;
          } else if constexpr (M == 2) {
            sum = hn::MulAdd(hn::Set(dr, w.weight[0][at + a]), row, sum);
            sum_0 = hn::MulAdd(hn::Set(dr, w.slope[0][at + a]), row, sum_0);
          } else {
            const T weight_1 = w.weight[1][at + b];
            sum = hn::MulAdd(hn::Set(dr, w.weight[0][at + a] * weight_1), row, sum);
            sum_0 = hn::MulAdd(hn::Set(dr, w.slope[0][at + a] * weight_1), row, sum_0);
            sum_1 = hn::MulAdd(hn::Set(dr, w.weight[0][at + a] * w.slope[1][at + b]), row, sum_1);
          }
        });
        const auto weight = hn::Load(dr, w.weight[M - 1] + at + k);
        const auto slope = hn::Load(dr, w.slope[M - 1] + at + k);
        hn::Store(hn::Mul(weight, sum), dr, product[0] + at + k);
        hn::Store(hn::Mul(slope, sum), dr, product[M] + at + k);
        if constexpr (M >= 2) {
          hn::Store(hn::Mul(weight, sum_0), dr, product[1] + at + k);
        }
        if constexpr (M == 3) {
          hn::Store(hn::Mul(weight, sum_1), dr, product[2] + at + k);
        }
      }
    }
    V own;
    V own_gradient[3];
    OwnImage<M, Order>(d, points, begin, self, own, own_gradient);
    const V charge = points.charge == nullptr ? hn::Set(d, T{1}) : hn::LoadU(d, points.charge + begin);
    for (std::size_t q = 0; q <= M; ++q) {
      V total;
      if constexpr (width == 4) {
        V part[4];
        hn::LoadInterleaved4(d, product[q], part[0], part[1], part[2], part[3]);
        total = hn::Add(hn::Add(part[0], part[1]), hn::Add(part[2], part[3]));
      } else {
        HWY_ALIGN T sums[HWY_MAX_BYTES / sizeof(T)];
        for (std::size_t lane = 0; lane < hn::Lanes(d); ++lane) {
          T sum = 0;
          for (std::size_t k = 0; k < Order; ++k) {
            sum += product[q][lane * width + k];
          }
          sums[lane] = sum;
        }
        total = hn::Load(d, sums);
      }
      total = hn::NegMulAdd(charge, q == 0 ? own : own_gradient[q == 0 ? 0 : q - 1], total);
      hn::StoreU(total, d, (q == 0 ? values.potential : values.gradient[q - 1]) + begin);
    }
  }
}

template <class T>
void SpreadAny(const TilePoints<T>& points, const TileNodes& layout, T unit, std::int64_t* nodes) {
  if (points.order == 4) {
    points.dims == 1   ? Spread<1, 4>(points, layout, unit, nodes)
    : points.dims == 2 ? Spread<2, 4>(points, layout, unit, nodes)
                       : Spread<3, 4>(points, layout, unit, nodes);
  } else {
    points.dims == 1   ? Spread<1, 6>(points, layout, unit, nodes)
    : points.dims == 2 ? Spread<2, 6>(points, layout, unit, nodes)
                       : Spread<3, 6>(points, layout, unit, nodes);
  }
}
template <class T>
void GatherAny(const TilePoints<T>& points, const TileNodes& layout, const T* nodes, const SelfInteraction<T>& self,
               const TileValues<T>& values) {
  if (points.order == 4) {
    points.dims == 1   ? Gather<1, 4>(points, layout, nodes, self, values)
    : points.dims == 2 ? Gather<2, 4>(points, layout, nodes, self, values)
                       : Gather<3, 4>(points, layout, nodes, self, values);
  } else {
    points.dims == 1   ? Gather<1, 6>(points, layout, nodes, self, values)
    : points.dims == 2 ? Gather<2, 6>(points, layout, nodes, self, values)
                       : Gather<3, 6>(points, layout, nodes, self, values);
  }
}

void SpreadFloat(const TilePoints<float>& points, const TileNodes& layout, float unit, std::int64_t* nodes) {
  SpreadAny(points, layout, unit, nodes);
}
void SpreadDouble(const TilePoints<double>& points, const TileNodes& layout, double unit, std::int64_t* nodes) {
  SpreadAny(points, layout, unit, nodes);
}
void GatherFloat(const TilePoints<float>& points, const TileNodes& layout, const float* nodes,
                 const SelfInteraction<float>& self, const TileValues<float>& values) {
  GatherAny(points, layout, nodes, self, values);
}
void GatherDouble(const TilePoints<double>& points, const TileNodes& layout, const double* nodes,
                  const SelfInteraction<double>& self, const TileValues<double>& values) {
  GatherAny(points, layout, nodes, self, values);
}

}  // namespace distsne::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace distsne {
namespace {

HWY_EXPORT(SpreadFloat);
HWY_EXPORT(SpreadDouble);
HWY_EXPORT(GatherFloat);
HWY_EXPORT(GatherDouble);

}  // namespace

TileNodes::TileNodes(const GridShape& shape, int order) {
  for (std::size_t a = 0; a < 3; ++a) {
    extent[a] = static_cast<std::size_t>(shape.tile[a]) + (shape.used(a) ? static_cast<std::size_t>(order) - 1 : 0);
  }
  pitch = static_cast<std::size_t>(shape.tile[2]) + (order <= 4 ? 4 : 8);
}

template <>
void spread_tile(const TilePoints<float>& points, const TileNodes& layout, float unit, std::int64_t* nodes) {
  HWY_DYNAMIC_DISPATCH(SpreadFloat)(points, layout, unit, nodes);
}
template <>
void spread_tile(const TilePoints<double>& points, const TileNodes& layout, double unit, std::int64_t* nodes) {
  HWY_DYNAMIC_DISPATCH(SpreadDouble)(points, layout, unit, nodes);
}
template <>
void gather_tile(const TilePoints<float>& points, const TileNodes& layout, const float* nodes,
                 const SelfInteraction<float>& self, const TileValues<float>& values) {
  HWY_DYNAMIC_DISPATCH(GatherFloat)(points, layout, nodes, self, values);
}
template <>
void gather_tile(const TilePoints<double>& points, const TileNodes& layout, const double* nodes,
                 const SelfInteraction<double>& self, const TileValues<double>& values) {
  HWY_DYNAMIC_DISPATCH(GatherDouble)(points, layout, nodes, self, values);
}

}  // namespace distsne
#endif
