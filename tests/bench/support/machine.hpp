/// What the machine can do: measured, so that figures can be read as shares of it.
#pragma once

#include <string>

namespace distsne::bench {

/// Multiply-adds that one core makes in a loop of nothing else, in 10^9 floating-point operations a second.
double fma_gflops(bool single_precision);

/// Bytes a second that all threads read and write together in a = b + s c, in 10^9.
double triad_gigabytes();

/// Bytes a second that all threads read together, in 10^9.
double read_gigabytes();

std::string processor_name();
std::string compiler_name();

/// The least seconds of several calls, after one that does not count.
template <class Work>
double least_seconds(int repetitions, const Work& work);

}  // namespace distsne::bench

#include "distsne/base/timer.hpp"

template <class Work>
double distsne::bench::least_seconds(int repetitions, const Work& work) {
  work();
  double least = 1e300;
  for (int i = 0; i < repetitions; ++i) {
    const double start = now_seconds();
    work();
    const double seconds = now_seconds() - start;
    least = seconds < least ? seconds : least;
  }
  return least;
}
