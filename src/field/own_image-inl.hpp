/// What a charge spread to the grid does to itself; included once per instruction set.
// The include guard toggles, because Highway includes this file again for every target.
#if defined(DISTSNE_FIELD_OWN_IMAGE_INL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef DISTSNE_FIELD_OWN_IMAGE_INL_HPP
#undef DISTSNE_FIELD_OWN_IMAGE_INL_HPP
#else
#define DISTSNE_FIELD_OWN_IMAGE_INL_HPP
#endif

#include <hwy/highway.h>

#include "field/bspline-inl.hpp"
#include "field/stencil.hpp"

HWY_BEFORE_NAMESPACE();
namespace distsne::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// sum_c A_c(t) of a spline with itself at offsets of c nodes, and its derivative.
template <std::size_t Order, class D, class V = hn::Vec<D>>
HWY_INLINE void Autocorrelation(D d, const V* weight, const V* slope, V* value, V* derivative) {
  for (std::size_t c = 0; c < Order; ++c) {
    value[c] = hn::Zero(d);
    derivative[c] = hn::Zero(d);
    for (std::size_t k = 0; k + c < Order; ++k) {
      value[c] = hn::MulAdd(weight[k], weight[k + c], value[c]);
      derivative[c] = hn::MulAdd(weight[k], slope[k + c], hn::MulAdd(slope[k], weight[k + c], derivative[c]));
    }
  }
}

/// The potential that a unit charge has at its own place, and half the derivatives of it: the force of the image on its
/// own charge.
template <std::size_t M, std::size_t Order, class D, class T = hn::TFromD<D>, class V = hn::Vec<D>>
HWY_INLINE void OwnImage(D d, const TilePoints<T>& points, std::size_t begin, const SelfInteraction<T>& self,
                         V& potential, V (&gradient)[3]) {
  V value[M][Order];
  V derivative[M][Order];
  for (std::size_t m = 0; m < M; ++m) {
    const V position = hn::LoadU(d, points.coordinate[m] + begin);
    V weight[Order];
    V slope[Order];
    SplineWeights<Order>(d, hn::Sub(position, hn::Floor(position)), weight, slope);
    Autocorrelation<Order>(d, weight, slope, value[m], derivative[m]);
  }
  potential = hn::Zero(d);
  for (std::size_t m = 0; m < M; ++m) {
    gradient[m] = hn::Zero(d);
  }
  constexpr std::size_t rows = M == 1 ? 1 : M == 2 ? Order : Order * Order;
  for (std::size_t row = 0; row < rows; ++row) {
    V sum = hn::Zero(d);
    V slope = hn::Zero(d);
    for (std::size_t c = 0; c < Order; ++c) {
      const V kernel = hn::Set(d, self.kernel[row * Order + c]);
      sum = hn::MulAdd(kernel, value[M - 1][c], sum);
      slope = hn::MulAdd(kernel, derivative[M - 1][c], slope);
    }
    if constexpr (M == 1) {
      potential = sum;
      gradient[0] = slope;
    } else if constexpr (M == 2) {
      potential = hn::MulAdd(value[0][row], sum, potential);
      gradient[0] = hn::MulAdd(derivative[0][row], sum, gradient[0]);
      gradient[1] = hn::MulAdd(value[0][row], slope, gradient[1]);
    } else {
      const std::size_t a = row / Order;
      const std::size_t b = row % Order;
      const V outer = hn::Mul(value[0][a], value[1][b]);
      potential = hn::MulAdd(outer, sum, potential);
      gradient[0] = hn::MulAdd(hn::Mul(derivative[0][a], value[1][b]), sum, gradient[0]);
      gradient[1] = hn::MulAdd(hn::Mul(value[0][a], derivative[1][b]), sum, gradient[1]);
      gradient[2] = hn::MulAdd(outer, slope, gradient[2]);
    }
  }
  for (std::size_t m = 0; m < M; ++m) {
    gradient[m] = hn::Mul(gradient[m], hn::Set(d, static_cast<T>(0.5)));
  }
}

}  // namespace distsne::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
