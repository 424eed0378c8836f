/// B-spline weights on SIMD vectors; included once per instruction set.
// The include guard toggles, because Highway includes this file again for every target.
#if defined(DISTSNE_FIELD_BSPLINE_INL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef DISTSNE_FIELD_BSPLINE_INL_HPP
#undef DISTSNE_FIELD_BSPLINE_INL_HPP
#else
#define DISTSNE_FIELD_BSPLINE_INL_HPP
#endif

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace distsne::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// The weights of the Order nodes around a point, the first one Order - 1 nodes below the last, and their derivatives
/// with respect to the position in node distances (de Boor 1972, the recursion of B-splines; as Essmann and others
/// 1995, eq. 4.1). `t` in [0, 1) is the position between the two middle nodes of an even order.
template <std::size_t Order, class D, class V = hn::Vec<D>>
HWY_INLINE void SplineWeights(D d, V t, V* HWY_RESTRICT weight, V* HWY_RESTRICT slope) {
  using T = hn::TFromD<D>;
  const V one = hn::Set(d, T{1});
  weight[0] = hn::Sub(one, t);
  weight[1] = t;
#pragma GCC unroll 6
  for (std::size_t k = 3; k <= Order; ++k) {
    if (k == Order) {
      slope[0] = hn::Neg(weight[0]);
#pragma GCC unroll 6
      for (std::size_t j = 1; j + 1 < Order; ++j) {
        slope[j] = hn::Sub(weight[j - 1], weight[j]);
      }
      slope[Order - 1] = weight[Order - 2];
    }
    const V factor = hn::Set(d, static_cast<T>(1.0 / static_cast<double>(k - 1)));
    weight[k - 1] = hn::Mul(hn::Mul(factor, t), weight[k - 2]);
#pragma GCC unroll 6
    for (std::size_t j = 1; j + 1 < k; ++j) {
      const V left = hn::Mul(hn::Add(t, hn::Set(d, static_cast<T>(j))), weight[k - 2 - j]);
      const V right = hn::Sub(hn::Set(d, static_cast<T>(k - j)), t);
      weight[k - 1 - j] = hn::Mul(factor, hn::MulAdd(right, weight[k - 1 - j], left));
    }
    weight[0] = hn::Mul(hn::Mul(factor, hn::Sub(one, t)), weight[0]);
  }
}

}  // namespace distsne::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
