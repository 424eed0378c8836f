/// Functions on SIMD vectors that several rooms use; included once per instruction set.
// The include guard toggles, because Highway includes this file again for every target.
#if defined(DISTSNE_BASE_SIMD_INL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef DISTSNE_BASE_SIMD_INL_HPP
#undef DISTSNE_BASE_SIMD_INL_HPP
#else
#define DISTSNE_BASE_SIMD_INL_HPP
#endif

#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace distsne::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// 1 / v to the last bits: an estimate and a Newton step in float, a division in double.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V Reciprocal(D d, V v) {
  if constexpr (sizeof(hn::TFromD<D>) == 4) {
    V estimate = hn::ApproximateReciprocal(v);
#if HWY_ARCH_ARM
    estimate = hn::Mul(estimate, hn::NegMulAdd(v, estimate, hn::Set(d, 2.0F)));  // its estimates have 8 bits, not 12
#endif
    return hn::Mul(estimate, hn::NegMulAdd(v, estimate, hn::Set(d, 2.0F)));
  } else {
    return hn::Div(hn::Set(d, 1.0), v);
  }
}

/// exp(-v) for v >= 0, zero where a float would be subnormal. In float: Cody and Waite's reduction by multiples of ln 2
/// and the polynomial of the Cephes library (Moshier 1989), to 2 ulp; several times faster than the general
/// exponential.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V ExpOfMinus(D d, V v) {
  if constexpr (sizeof(hn::TFromD<D>) == 4) {
    const V halvings = hn::Round(hn::Mul(v, hn::Set(d, 1.44269504088896341F)));
    V rest = hn::MulSub(halvings, hn::Set(d, 0.693359375F), v);
    rest = hn::MulAdd(halvings, hn::Set(d, -2.12194440e-4F), rest);
    V series = hn::Set(d, 1.9875691500e-4F);
    series = hn::MulAdd(series, rest, hn::Set(d, 1.3981999507e-3F));
    series = hn::MulAdd(series, rest, hn::Set(d, 8.3334519073e-3F));
    series = hn::MulAdd(series, rest, hn::Set(d, 4.1665795894e-2F));
    series = hn::MulAdd(series, rest, hn::Set(d, 1.6666665459e-1F));
    series = hn::MulAdd(series, rest, hn::Set(d, 5.0000001201e-1F));
    series = hn::MulAdd(series, hn::Mul(rest, rest), hn::Add(rest, hn::Set(d, 1.0F)));
    const hn::RebindToSigned<D> di;
    const auto exponent = hn::ShiftLeft<23>(hn::ConvertTo(di, halvings));
    const V power = hn::BitCast(d, hn::Sub(hn::BitCast(di, series), exponent));
    return hn::IfThenElseZero(hn::Lt(v, hn::Set(d, 87.0F)), power);
  } else {
    return hn::Exp(d, hn::Neg(v));
  }
}

/// Adds the lanes of a vector to a sum in double, in the order of the lanes.
template <class D, class V = hn::Vec<D>>
HWY_INLINE double AddLanes(D d, V v, double sum) {
  HWY_ALIGN hn::TFromD<D> lane[HWY_MAX_BYTES / sizeof(hn::TFromD<D>)];
  hn::Store(v, d, lane);
  for (std::size_t i = 0; i < hn::Lanes(d); ++i) {
    sum += static_cast<double>(lane[i]);
  }
  return sum;
}

}  // namespace distsne::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
