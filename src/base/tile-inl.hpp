/// A tile of sums that stay in registers while the terms of products and distances go by; included once per
/// instruction set.
// The include guard toggles, because Highway includes this file again for every target.
#if defined(DISTSNE_BASE_TILE_INL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef DISTSNE_BASE_TILE_INL_HPP
#undef DISTSNE_BASE_TILE_INL_HPP
#else
#define DISTSNE_BASE_TILE_INL_HPP
#endif

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace distsne::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// sum + a b.
struct AddProduct {
  template <class D, class V = hn::Vec<D>>
  HWY_INLINE V operator()(D /*d*/, V a, V b, V sum) const {
    return hn::MulAdd(a, b, sum);
  }
};

/// sum + (a - b)^2.
struct AddSquaredDifference {
  template <class D, class V = hn::Vec<D>>
  HWY_INLINE V operator()(D /*d*/, V a, V b, V sum) const {
    const V difference = hn::Sub(a, b);
    return hn::MulAdd(difference, difference, sum);
  }
};

/// Rows of the left factor, each where its pointer points.
template <class T>
struct ScatteredRows {
  const T* const* row;
  HWY_INLINE T operator()(std::size_t i, std::size_t k) const { return row[i][k]; }
};

/// Rows of the left factor in one matrix with these distances between rows and between columns.
template <class T>
struct StridedRows {
  const T* first;
  std::size_t row_step;
  std::size_t column_step;
  HWY_INLINE T operator()(std::size_t i, std::size_t k) const { return first[i * row_step + k * column_step]; }
};

/// Adds the terms k = 0, 1, ... `depth` - 1 of row i of the left factor and the columns of the right one, which lie
/// side by side in memory, `step` apart for each k. Each sum is one chain of additions, so its bits don't depend on the
/// tile.
template <std::size_t Rows, std::size_t Vectors, class Add, class D, class Left, class V = hn::Vec<D>>
HWY_INLINE void AddTerms(D d, std::size_t depth, const Left& left, const hn::TFromD<D>* HWY_RESTRICT right,
                         std::size_t step, V (&sum)[Rows][Vectors]) {
  const Add add;
  for (std::size_t k = 0; k < depth; ++k) {
    V column[Vectors];
#pragma GCC unroll 4
    for (std::size_t v = 0; v < Vectors; ++v) {
      column[v] = hn::Load(d, right + k * step + v * hn::Lanes(d));
    }
#pragma GCC unroll 8
    for (std::size_t i = 0; i < Rows; ++i) {
      const V value = hn::Set(d, left(i, k));
#pragma GCC unroll 4
      for (std::size_t v = 0; v < Vectors; ++v) {
        sum[i][v] = add(d, value, column[v], sum[i][v]);
      }
    }
  }
}

}  // namespace distsne::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
