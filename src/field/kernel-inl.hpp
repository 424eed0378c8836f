/// The kernels on SIMD vectors; included once per instruction set.
// The include guard toggles, because Highway includes this file again for every target.
#if defined(DISTSNE_FIELD_KERNEL_INL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef DISTSNE_FIELD_KERNEL_INL_HPP
#undef DISTSNE_FIELD_KERNEL_INL_HPP
#else
#define DISTSNE_FIELD_KERNEL_INL_HPP
#endif

#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

#include "base/simd-inl.hpp"
#include "field/kernel.hpp"

HWY_BEFORE_NAMESPACE();
namespace distsne::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// Student t with tail 1. Each kernel takes start() + d^2 and gives w and slope = -w', or the stiffness -w'/w.
struct StudentOne {
  template <class T>
  explicit StudentOne(T /*tail*/) {}
  template <class D>
  static HWY_INLINE hn::Vec<D> Start(D d) {
    return hn::Set(d, hn::TFromD<D>{1});
  }
  template <class D, class V = hn::Vec<D>>
  HWY_INLINE void Evaluate(D d, V sum, V& weight, V& slope) const {
    weight = Reciprocal(d, sum);
    slope = hn::Mul(weight, weight);
  }
  template <class D, class V = hn::Vec<D>>
  HWY_INLINE V Stiffness(D d, V sum) const {
    return Reciprocal(d, sum);
  }
  template <class D, class V = hn::Vec<D>>
  HWY_INLINE V Energy(D d, V sum) const {
    return hn::Log(d, sum);
  }
};

/// Student t with any tail a.
struct StudentTail {
  explicit StudentTail(double tail) : a(tail) {}
  template <class D>
  static HWY_INLINE hn::Vec<D> Start(D d) {
    return hn::Zero(d);
  }
  template <class D, class V = hn::Vec<D>>
  HWY_INLINE void Evaluate(D d, V squared, V& weight, V& slope) const {
    using T = hn::TFromD<D>;
    const V base = hn::MulAdd(squared, hn::Set(d, static_cast<T>(1.0 / a)), hn::Set(d, T{1}));
    weight = ExpOfMinus(d, hn::Mul(hn::Set(d, static_cast<T>(a)), hn::Log(d, base)));
    slope = hn::Mul(weight, Reciprocal(d, base));
  }
  template <class D, class V = hn::Vec<D>>
  HWY_INLINE V Stiffness(D d, V squared) const {
    using T = hn::TFromD<D>;
    return Reciprocal(d, hn::MulAdd(squared, hn::Set(d, static_cast<T>(1.0 / a)), hn::Set(d, T{1})));
  }
  template <class D, class V = hn::Vec<D>>
  HWY_INLINE V Energy(D d, V squared) const {
    using T = hn::TFromD<D>;
    return hn::Mul(hn::Set(d, static_cast<T>(a)), hn::Log1p(d, hn::Mul(squared, hn::Set(d, static_cast<T>(1.0 / a)))));
  }
  double a;
};

struct Gaussian {
  template <class T>
  explicit Gaussian(T /*tail*/) {}
  template <class D>
  static HWY_INLINE hn::Vec<D> Start(D d) {
    return hn::Zero(d);
  }
  template <class D, class V = hn::Vec<D>>
  HWY_INLINE void Evaluate(D d, V squared, V& weight, V& slope) const {
    weight = ExpOfMinus(d, squared);
    slope = weight;
  }
  template <class D, class V = hn::Vec<D>>
  HWY_INLINE V Stiffness(D d, V /*squared*/) const {
    return hn::Set(d, hn::TFromD<D>{1});
  }
  template <class D, class V = hn::Vec<D>>
  HWY_INLINE V Energy(D /*d*/, V squared) const {
    return squared;
  }
};

template <class Loop, class K, class Task>
void RunForDims(const Task& task, int dims) {
  switch (dims) {
    case 1:
      return Loop::template Run<1, K>(task);
    case 2:
      return Loop::template Run<2, K>(task);
    default:
      return Loop::template Run<3, K>(task);
  }
}

/// Loop::Run<M, K>(task) for maps of M dimensions and the task's kernel K: the one place where loops over pairs are
/// chosen.
template <class Loop, class Task>
void RunForKernelAndDims(const Task& task, int dims) {
  if (task.kernel.shape == KernelShape::gaussian) {
    RunForDims<Loop, Gaussian>(task, dims);
  } else if (task.kernel.tail == 1.0) {
    RunForDims<Loop, StudentOne>(task, dims);
  } else {
    RunForDims<Loop, StudentTail>(task, dims);
  }
}

}  // namespace distsne::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
