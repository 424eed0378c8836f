/// FFTW plans for batches of lines, in float or double.
#pragma once

#include <fftw3.h>

#include <array>
#include <complex>
#include <utility>

#include "distsne/base/error.hpp"

namespace distsne {

/// The calls of FFTW for a type of real numbers.
template <class Real>
struct Fftw;

template <>
struct Fftw<float> {
  using Plan = fftwf_plan;
  using Complex = fftwf_complex;
  static constexpr auto plan_forward = fftwf_plan_many_dft_r2c;
  static constexpr auto plan_backward = fftwf_plan_many_dft_c2r;
  static constexpr auto plan_complex = fftwf_plan_many_dft;
  static constexpr auto execute_forward = fftwf_execute_dft_r2c;
  static constexpr auto execute_backward = fftwf_execute_dft_c2r;
  static constexpr auto execute_complex = fftwf_execute_dft;
  static constexpr auto destroy = fftwf_destroy_plan;
};

template <>
struct Fftw<double> {
  using Plan = fftw_plan;
  using Complex = fftw_complex;
  static constexpr auto plan_forward = fftw_plan_many_dft_r2c;
  static constexpr auto plan_backward = fftw_plan_many_dft_c2r;
  static constexpr auto plan_complex = fftw_plan_many_dft;
  static constexpr auto execute_forward = fftw_execute_dft_r2c;
  static constexpr auto execute_backward = fftw_execute_dft_c2r;
  static constexpr auto execute_complex = fftw_execute_dft;
  static constexpr auto destroy = fftw_destroy_plan;
};

/// A batch of equally long lines, one after the other in aligned memory. Plans are made by estimate, never by timing,
/// and always for the whole batch: equal lines give equal bits in every run and at every place of a batch that is
/// aligned to the global numbers of its lines. Planning is not safe in threads; executing is.
template <class Real>
class LineBatch {
 public:
  using Complex = std::complex<Real>;

  enum class Kind { real, complex };

  LineBatch() = default;
  /// Lines of `length` values; real lines have a distance of `length` reals and of `spectrum_pitch` complex numbers.
  LineBatch(Kind kind, int length, int lines, int spectrum_pitch) : kind_(kind), length_(length) {
    if (length <= 1) {
      return;  // a transform of one value is that value
    }
    // FFTW_ESTIMATE does not touch the arrays, but their alignment counts.
    alignas(64) static std::array<Real, 16> real;
    alignas(64) static std::array<typename Fftw<Real>::Complex, 8> complex;
    if (kind == Kind::real) {
      forward_ = Fftw<Real>::plan_forward(1, &length, lines, real.data(), nullptr, 1, length, complex.data(), nullptr,
                                          1, spectrum_pitch, FFTW_ESTIMATE);
      backward_ = Fftw<Real>::plan_backward(1, &length, lines, complex.data(), nullptr, 1, spectrum_pitch, real.data(),
                                            nullptr, 1, length, FFTW_ESTIMATE);
    } else {
      forward_ = Fftw<Real>::plan_complex(1, &length, lines, complex.data(), nullptr, 1, length, complex.data(),
                                          nullptr, 1, length, FFTW_FORWARD, FFTW_ESTIMATE);
      backward_ = Fftw<Real>::plan_complex(1, &length, lines, complex.data(), nullptr, 1, length, complex.data(),
                                           nullptr, 1, length, FFTW_BACKWARD, FFTW_ESTIMATE);
    }
    if (forward_ == nullptr || backward_ == nullptr) {
      throw Error("FFTW could not plan a transform of length " + std::to_string(length), ExitCode::failure);
    }
  }
  LineBatch(const LineBatch&) = delete;
  LineBatch& operator=(const LineBatch&) = delete;
  LineBatch(LineBatch&& other) noexcept { swap(other); }
  LineBatch& operator=(LineBatch&& other) noexcept {
    swap(other);
    return *this;
  }
  ~LineBatch() {
    if (forward_ != nullptr) {
      Fftw<Real>::destroy(forward_);
    }
    if (backward_ != nullptr) {
      Fftw<Real>::destroy(backward_);
    }
  }

  void forward(Real* real, Complex* spectrum) const {
    if (length_ <= 1) {
      *spectrum = *real;
      return;
    }
    Fftw<Real>::execute_forward(forward_, real, reinterpret_cast<typename Fftw<Real>::Complex*>(spectrum));
  }
  /// Unscaled; destroys the spectrum.
  void backward(Complex* spectrum, Real* real) const {
    if (length_ <= 1) {
      *real = spectrum->real();
      return;
    }
    Fftw<Real>::execute_backward(backward_, reinterpret_cast<typename Fftw<Real>::Complex*>(spectrum), real);
  }
  void forward(Complex* lines) const { in_place(forward_, lines); }
  void backward(Complex* lines) const { in_place(backward_, lines); }

 private:
  void in_place(typename Fftw<Real>::Plan plan, Complex* lines) const {
    if (plan != nullptr) {
      auto* const data = reinterpret_cast<typename Fftw<Real>::Complex*>(lines);
      Fftw<Real>::execute_complex(plan, data, data);
    }
  }
  void swap(LineBatch& other) {
    std::swap(kind_, other.kind_);
    std::swap(length_, other.length_);
    std::swap(forward_, other.forward_);
    std::swap(backward_, other.backward_);
  }

  Kind kind_ = Kind::complex;
  int length_ = 1;
  typename Fftw<Real>::Plan forward_ = nullptr;
  typename Fftw<Real>::Plan backward_ = nullptr;
};

}  // namespace distsne
