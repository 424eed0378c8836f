/// Loops that do nothing but multiply and add, or read and write.
#include "bench/support/machine.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "bench/support/machine.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace distsne::bench::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// Operations of `rounds` rounds, and a value that depends on all of them.
template <class T>
double Multiply(long rounds, double& value) {
  const hn::ScalableTag<T> d;
  using V = hn::Vec<decltype(d)>;
  constexpr std::size_t chains = 12;  // as many as hide the latency of the units
  V sum[chains];
  for (std::size_t c = 0; c < chains; ++c) {
    sum[c] = hn::Set(d, static_cast<T>(c));
  }
  const V factor = hn::Set(d, T{0.999F});
  const V term = hn::Set(d, T{0.001F});
  for (long round = 0; round < rounds; ++round) {
#pragma GCC unroll 12
    for (std::size_t c = 0; c < chains; ++c) {
      sum[c] = hn::MulAdd(sum[c], factor, term);
    }
  }
  for (std::size_t c = 0; c < chains; ++c) {
    value += static_cast<double>(hn::GetLane(sum[c]));
  }
  return 2.0 * static_cast<double>(rounds) * static_cast<double>(chains * hn::Lanes(d));
}
double MultiplyFloat(long rounds, double& value) { return Multiply<float>(rounds, value); }
double MultiplyDouble(long rounds, double& value) { return Multiply<double>(rounds, value); }

/// Sum of `count` floats, a multiple of 16 lanes.
float Read(const float* values, std::size_t count) {
  const hn::ScalableTag<float> d;
  using V = hn::Vec<decltype(d)>;
  V sum[4] = {hn::Zero(d), hn::Zero(d), hn::Zero(d), hn::Zero(d)};
  const std::size_t lanes = hn::Lanes(d);
  for (std::size_t i = 0; i < count; i += 4 * lanes) {
    for (std::size_t c = 0; c < 4; ++c) {
      sum[c] = hn::Add(sum[c], hn::Load(d, values + i + c * lanes));
    }
  }
  return hn::GetLane(hn::SumOfLanes(d, hn::Add(hn::Add(sum[0], sum[1]), hn::Add(sum[2], sum[3]))));
}

}  // namespace distsne::bench::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <fstream>

#include "base/parallel.hpp"
#include "distsne/base/aligned.hpp"

namespace distsne::bench {
namespace {

HWY_EXPORT(MultiplyFloat);
HWY_EXPORT(MultiplyDouble);
HWY_EXPORT(Read);

constexpr std::size_t values_per_thread = std::size_t{1} << 24U;  // 64 MiB: beyond the caches
constexpr int repetitions = 5;

/// Keeps what is computed from being left out.
void use(double value) {
  static volatile double sink = 0.0;
  sink = sink + value;
}

}  // namespace

double fma_gflops(bool single_precision) {
  constexpr long rounds = 20000000;
  double operations = 0.0;
  const double seconds = least_seconds(3, [&] {
    double value = 0.0;
    operations = single_precision ? HWY_DYNAMIC_DISPATCH(MultiplyFloat)(rounds, value)
                                  : HWY_DYNAMIC_DISPATCH(MultiplyDouble)(rounds, value);
    use(value);
  });
  return operations / seconds / 1e9;
}

double triad_gigabytes() {
  const auto count = static_cast<std::int64_t>(threads());
  AlignedVector<float> a(values_per_thread * static_cast<std::size_t>(count), 1.0F);
  AlignedVector<float> b = a;
  AlignedVector<float> c = a;
  const double seconds = least_seconds(repetitions, [&] {
    parallel_for(count, [&](std::int64_t t) {
      const std::size_t begin = static_cast<std::size_t>(t) * values_per_thread;
      for (std::size_t i = begin; i < begin + values_per_thread; ++i) {
        a[i] = b[i] + 3.0F * c[i];
      }
    });
    use(static_cast<double>(a[values_per_thread / 2]));
  });
  return 3.0 * sizeof(float) * static_cast<double>(a.size()) / seconds / 1e9;
}

double read_gigabytes() {
  const auto count = static_cast<std::int64_t>(threads());
  const AlignedVector<float> values(values_per_thread * static_cast<std::size_t>(count), 1.0F);
  const double seconds = least_seconds(repetitions, [&] {
    parallel_for(count, [&](std::int64_t t) {
      const float* const own = values.data() + static_cast<std::size_t>(t) * values_per_thread;
      const float sum = HWY_DYNAMIC_DISPATCH(Read)(own, values_per_thread);
      if (t == 0) {
        use(static_cast<double>(sum));
      }
    });
  });
  return sizeof(float) * static_cast<double>(values.size()) / seconds / 1e9;
}

std::string processor_name() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (line.starts_with("model name")) {
      return line.substr(line.find(':') + 2);
    }
  }
  return "unknown";
}

std::string compiler_name() {
#if defined(__clang__)
  return "clang " __clang_version__;
#else
  return "gcc " __VERSION__;
#endif
}

}  // namespace distsne::bench
#endif
