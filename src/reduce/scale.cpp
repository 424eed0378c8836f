/// Loops over the rows of X, a panel of 24 columns at a time.
#include "reduce/scale.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "reduce/scale.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace distsne::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

template <class D>
HWY_INLINE hn::Vec<D> LoadAsDouble(D d, const double* from) {
  return hn::LoadU(d, from);
}
template <class D>
HWY_INLINE hn::Vec<D> LoadAsDouble(D d, const float* from) {
  const hn::Rebind<float, D> half;
  return hn::PromoteTo(d, hn::LoadU(half, from));
}

/// One row of one panel; `panel` counts in columns.
template <bool Rounded, bool Summed, class D, class Real>
HWY_INLINE void ScalePanel(D d, const ScaleTask<Real>& task, const Real* from, std::size_t panel, double* out) {
  const auto fine = hn::Set(d, task.fine);
  for (std::size_t lane = 0; lane < panel_width; lane += hn::Lanes(d)) {
    const std::size_t column = panel + lane;
    auto value = hn::Sub(LoadAsDouble(d, from + lane), hn::LoadU(d, task.center + column));
    if constexpr (Rounded) {
      const auto scaled = hn::Mul(value, hn::LoadU(d, task.inverse + column));
      value = hn::Round(scaled);
      if constexpr (Summed) {
        double* const whole = task.whole_sums + column;
        hn::StoreU(hn::Add(hn::LoadU(d, whole), value), d, whole);
        double* const finer = task.fine_sums + column;
        hn::StoreU(hn::Add(hn::LoadU(d, finer), hn::Round(hn::Mul(scaled, fine))), d, finer);
      }
    }
    hn::StoreU(value, d, out + lane);
  }
}

template <bool Rounded, bool Summed, class Real>
void ScaleRows(const ScaleTask<Real>& task) {
  const hn::CappedTag<double, tile_step> d;
  const std::size_t whole = task.columns / panel_width * panel_width;
  Real rest[panel_width] = {};
  for (std::size_t r = 0; r < task.count; ++r) {
    const Real* const row = task.rows + r * task.row_step;
    double* out = task.out + r * task.out_row;
    for (std::size_t panel = 0; panel < whole; panel += panel_width) {
      ScalePanel<Rounded, Summed>(d, task, row + panel, panel, out);
      out += task.out_panel;
    }
    if (whole < task.columns) {
      for (std::size_t c = whole; c < task.columns; ++c) {
        rest[c - whole] = row[c];
      }
      ScalePanel<Rounded, Summed>(d, task, rest, whole, out);
    }
  }
}

template <class Real>
void Scale(const ScaleTask<Real>& task) {
  if (task.inverse == nullptr) {
    ScaleRows<false, false>(task);
  } else if (task.whole_sums == nullptr) {
    ScaleRows<true, false>(task);
  } else {
    ScaleRows<true, true>(task);
  }
}

/// Four rows at a time, so that the ranges are loaded and stored once for four values.
template <class Real>
void Ranges(const RangeTask<Real>& task) {
  const hn::ScalableTag<Real> d;
  const std::size_t lanes = hn::Lanes(d);
  for (std::size_t r = 0; r < task.count; r += 4) {
    const Real* row[4];
    for (std::size_t i = 0; i < 4; ++i) {
      row[i] = task.rows + HWY_MIN(r + i, task.count - 1) * task.columns;
    }
    std::size_t c = 0;
    for (; c + lanes <= task.columns; c += lanes) {
      auto low = hn::LoadU(d, task.low + c);
      auto high = hn::LoadU(d, task.high + c);
#pragma GCC unroll 4
      for (std::size_t i = 0; i < 4; ++i) {
        const auto value = hn::LoadU(d, row[i] + c);
        low = hn::Min(low, value);
        high = hn::Max(high, value);
      }
      hn::StoreU(low, d, task.low + c);
      hn::StoreU(high, d, task.high + c);
    }
    for (; c < task.columns; ++c) {
      for (std::size_t i = 0; i < 4; ++i) {
        task.low[c] = HWY_MIN(task.low[c], row[i][c]);
        task.high[c] = HWY_MAX(task.high[c], row[i][c]);
      }
    }
  }
}

void ScaleFloat(const ScaleTask<float>& task) { Scale(task); }
void ScaleDouble(const ScaleTask<double>& task) { Scale(task); }
void RangesFloat(const RangeTask<float>& task) { Ranges(task); }
void RangesDouble(const RangeTask<double>& task) { Ranges(task); }

}  // namespace distsne::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace distsne {
namespace {

HWY_EXPORT(ScaleFloat);
HWY_EXPORT(ScaleDouble);
HWY_EXPORT(RangesFloat);
HWY_EXPORT(RangesDouble);

}  // namespace

void write_scaled(const ScaleTask<float>& task) { HWY_DYNAMIC_DISPATCH(ScaleFloat)(task); }
void write_scaled(const ScaleTask<double>& task) { HWY_DYNAMIC_DISPATCH(ScaleDouble)(task); }
void join_ranges(const RangeTask<float>& task) { HWY_DYNAMIC_DISPATCH(RangesFloat)(task); }
void join_ranges(const RangeTask<double>& task) { HWY_DYNAMIC_DISPATCH(RangesDouble)(task); }

}  // namespace distsne
#endif
