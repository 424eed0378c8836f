/// Threads inside one rank: loops over blocks of work whose results do not depend on the number of threads.
#pragma once

#include <omp.h>

#include <cstddef>
#include <cstdint>
#include <exception>

namespace distsne {

/// Sets the number of threads that parallel_for uses from now on in this process.
inline void set_threads(int threads) { omp_set_num_threads(threads); }
[[nodiscard]] inline int threads() { return omp_get_max_threads(); }
/// Number of the calling thread inside parallel_for, below threads(): for buffers that a thread uses again.
[[nodiscard]] inline std::size_t thread_index() { return static_cast<std::size_t>(omp_get_thread_num()); }

/// Calls body(block) for block = 0 .. blocks - 1, on all threads, in no particular order. Bodies must not touch what
/// another block writes. The first exception thrown is thrown again here, after all threads have ended.
template <class Body>
void parallel_for(std::int64_t blocks, const Body& body) {
  std::exception_ptr failure;
#pragma omp parallel for schedule(dynamic, 1) if (blocks > 1)
  for (std::int64_t block = 0; block < blocks; ++block) {
    try {
      body(block);
    } catch (...) {
#pragma omp critical(distsne_parallel_for)
      if (!failure) {
        failure = std::current_exception();
      }
    }
  }
  if (failure) {
    std::rethrow_exception(failure);
  }
}

}  // namespace distsne
